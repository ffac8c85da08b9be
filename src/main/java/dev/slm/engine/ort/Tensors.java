package dev.slm.engine.ort;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Views of native memory as tensors: nothing is copied, the segment must outlive the tensor. */
final class Tensors {
  private Tensors() {}

  static OnnxTensor view(MemorySegment memory, OnnxJavaType type, long... shape)
      throws OrtException {
    // without the native order onnxruntime reads swapped bytes and says nothing
    ByteBuffer bytes = memory.asByteBuffer().order(ByteOrder.nativeOrder());
    return switch (type) {
      case FLOAT -> OnnxTensor.createTensor(OrtRuntime.environment(), bytes.asFloatBuffer(), shape);
      case INT64 -> OnnxTensor.createTensor(OrtRuntime.environment(), bytes.asLongBuffer(), shape);
      case INT32 -> OnnxTensor.createTensor(OrtRuntime.environment(), bytes.asIntBuffer(), shape);
      case FLOAT16, BFLOAT16 ->
          OnnxTensor.createTensor(OrtRuntime.environment(), bytes.asShortBuffer(), shape, type);
      default -> throw new IllegalArgumentException("no tensors of " + type);
    };
  }
}
