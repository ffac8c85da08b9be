/** onnxruntime-genai through its Java API: the reference for the model format. */
@NullMarked
package dev.slm.engine.genai;

import org.jspecify.annotations.NullMarked;
