package dev.slm.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A constant of a graph that waits for its bytes, little-endian as onnx.proto wants them. Small
 * ones stay in the graph, large ones go straight to the {@link WeightFile}. Writing is safe from
 * several threads when they write different parts.
 */
public final class Initializer {
  /** Larger constants leave the graph file. */
  private static final int MOST_INLINE_BYTES = 1024;

  private final String name;
  private final OnnxType type;
  private final long[] shape;
  private final long length;
  private final byte @Nullable [] inline;
  private final @Nullable WeightFile file;
  private final long offset;
  private final AtomicLong written;

  Initializer(String name, OnnxType type, long[] shape, WeightFile file) {
    this.name = name;
    this.type = type;
    this.shape = shape.clone();
    this.length = type.bytes(shape);
    boolean isSmall = length <= MOST_INLINE_BYTES;
    this.inline = isSmall ? new byte[(int) length] : null;
    this.file = isSmall ? null : file;
    this.offset = isSmall ? 0 : file.reserve(length);
    this.written = new AtomicLong();
  }

  private Initializer(String name, long[] shape, Initializer of) {
    this.name = name;
    this.type = of.type;
    this.shape = shape.clone();
    this.length = of.length;
    this.inline = of.inline;
    this.file = of.file;
    this.offset = of.offset;
    this.written = of.written;
  }

  /** The same bytes under another name and shape. */
  Initializer view(String other, long... otherShape) {
    if (type.bytes(otherShape) != length) {
      throw new IllegalArgumentException(
          other + ": expected " + length + " bytes, found " + type.bytes(otherShape));
    }
    return new Initializer(other, otherShape, this);
  }

  public String name() {
    return name;
  }

  /** Bytes that it takes. */
  public long length() {
    return length;
  }

  /** Where its first byte lies in the weight file; empty when it is in the graph. */
  public OptionalLong offset() {
    return file == null ? OptionalLong.empty() : OptionalLong.of(offset);
  }

  /** Writes the remaining bytes of the buffer at a position within the constant. */
  public void write(long position, ByteBuffer bytes) {
    int count = bytes.remaining();
    if (position < 0 || position > length - count) {
      throw new IllegalArgumentException(
          name + ": expected bytes within " + length + ", found " + count + " at " + position);
    }
    if (inline != null) {
      bytes.get(inline, (int) position, count);
    } else if (file != null) {
      file.write(offset + position, bytes);
    }
    written.addAndGet(count);
  }

  /** Writes all bytes at once. */
  public void write(byte[] bytes) {
    write(0, ByteBuffer.wrap(bytes));
  }

  /** Writes all values at once. */
  public void write(float[] values) {
    write(0, values, values.length);
  }

  /** Writes the first values at a position, counted in bytes, within the constant. */
  public void write(long position, float[] values, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values, 0, count);
    write(position, bytes);
  }

  /** Writes all values at once. */
  public void write(long[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    write(0, bytes);
  }

  String describe() {
    return name + " " + type + Arrays.toString(shape);
  }

  /** A TensorProto: dims 1, data_type 2, name 8, raw_data 9, external_data 13, data_location 14. */
  ProtoWriter toProto() {
    if (written.get() != length) {
      throw new IllegalStateException(
          name + ": expected " + length + " bytes, found " + written.get());
    }
    ProtoWriter tensor = new ProtoWriter();
    for (long size : shape) {
      tensor.number(1, size);
    }
    tensor.number(2, type.code()).text(8, name);
    if (inline != null) {
      return tensor.bytes(9, inline);
    }
    if (file != null) {
      tensor
          .message(13, entry("location", file.name()))
          .message(13, entry("offset", Long.toString(offset)))
          .message(13, entry("length", Long.toString(length)))
          .number(14, 1);
    }
    return tensor;
  }

  private static ProtoWriter entry(String key, String value) {
    return new ProtoWriter().text(1, key).text(2, value);
  }
}
