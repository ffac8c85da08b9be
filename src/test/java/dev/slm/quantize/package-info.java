@NullMarked
package dev.slm.quantize;

import org.jspecify.annotations.NullMarked;
