/** Checkpoint and family in, ONNX graph and runtime configuration out. */
@NullMarked
package dev.slm.convert;

import org.jspecify.annotations.NullMarked;
