package dev.slm.engine.check;

import org.jspecify.annotations.Nullable;

/** The types of numbers in ONNX tensors that decoders use, with onnx.proto's codes. */
enum ElementType {
  FLOAT(1, 32),
  UINT8(2, 8),
  INT8(3, 8),
  UINT16(4, 16),
  INT16(5, 16),
  INT32(6, 32),
  INT64(7, 64),
  BOOL(9, 8),
  FLOAT16(10, 16),
  DOUBLE(11, 64),
  UINT32(12, 32),
  UINT64(13, 64),
  BFLOAT16(16, 16),
  UINT4(21, 4),
  INT4(22, 4);

  private final int code;
  private final int bits;

  ElementType(int code, int bits) {
    this.code = code;
    this.bits = bits;
  }

  static @Nullable ElementType of(int code) {
    for (ElementType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    return null;
  }

  boolean isInteger() {
    return this != FLOAT && this != DOUBLE && this != FLOAT16 && this != BFLOAT16;
  }

  /** Bytes of so many elements, packed; overflow is an ArithmeticException. */
  long bytes(long elements) {
    return Math.ceilDiv(Math.multiplyExact(elements, bits), 8);
  }
}
