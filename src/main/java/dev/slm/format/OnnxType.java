package dev.slm.format;

import java.util.Arrays;
import java.util.Optional;

/** Element types of ONNX tensors that our graphs use, with their numbers in onnx.proto. */
public enum OnnxType {
  FLOAT(1, 32),
  UINT8(2, 8),
  INT8(3, 8),
  INT32(6, 32),
  INT64(7, 64),
  BOOL(9, 8),
  FLOAT16(10, 16),
  BFLOAT16(16, 16),
  UINT4(21, 4),
  INT4(22, 4);

  private final int code;
  private final int bits;

  OnnxType(int code, int bits) {
    this.code = code;
    this.bits = bits;
  }

  /** The number that {@code Cast} and {@code TensorProto} use. */
  public int code() {
    return code;
  }

  /** Bytes of a tensor of this shape; 4-bit values are packed in pairs. */
  public long bytes(long... shape) {
    long elements = 1;
    for (long size : shape) {
      elements = Math.multiplyExact(elements, size);
    }
    return Math.addExact(Math.multiplyExact(elements, bits), 7) / 8;
  }

  public static Optional<OnnxType> find(int code) {
    return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
  }
}
