/** Weights to int4, int8 and fp16, with the error that it costs. */
@NullMarked
package dev.slm.quantize;

import org.jspecify.annotations.NullMarked;
