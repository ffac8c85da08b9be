/** Our own decode loop on onnxruntime. */
@NullMarked
package dev.slm.engine.ort;

import org.jspecify.annotations.NullMarked;
