package dev.slm.engine.check;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * Walks the fields of one protobuf message without copying it. Every length is held against the
 * message it stands in.
 */
final class ProtoReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;
  private static final int LONGEST_VARINT = 10;

  private final MemorySegment message;
  private long position;
  private int field;
  private int wire;

  ProtoReader(MemorySegment message) {
    this.message = message;
  }

  /** Goes to the next field; false at the end. */
  boolean next() {
    if (position == message.byteSize()) {
      return false;
    }
    long tag = readVarint();
    field = (int) (tag >>> 3);
    wire = (int) (tag & 7);
    if (field == 0 || tag >>> 3 > Integer.MAX_VALUE) {
      throw new Malformed("field number " + (tag >>> 3));
    }
    return true;
  }

  int field() {
    return field;
  }

  boolean isBytes() {
    return wire == BYTES;
  }

  long varint() {
    expect(VARINT);
    return readVarint();
  }

  MemorySegment bytes() {
    expect(BYTES);
    return take(readVarint());
  }

  ProtoReader message() {
    return new ProtoReader(bytes());
  }

  String text() {
    return new String(bytes().toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /** Reads a field of numbers, packed or one at a time. */
  void varints(LongSink sink) {
    if (wire == VARINT) {
      sink.accept(readVarint());
      return;
    }
    ProtoReader packed = message();
    while (packed.position < packed.message.byteSize()) {
      sink.accept(packed.readVarint());
    }
  }

  void skip() {
    switch (wire) {
      case VARINT -> readVarint();
      case FIXED64 -> take(8);
      case BYTES -> bytes();
      case FIXED32 -> take(4);
      default -> throw new Malformed("wire type " + wire);
    }
  }

  private void expect(int wanted) {
    if (wire != wanted) {
      throw new Malformed("field " + field + " of another type");
    }
  }

  private MemorySegment take(long size) {
    if (size < 0 || size > message.byteSize() - position) {
      throw new Malformed("a length of " + size);
    }
    MemorySegment taken = message.asSlice(position, size);
    position += size;
    return taken;
  }

  private long readVarint() {
    long value = 0;
    for (int i = 0; i < LONGEST_VARINT; i++) {
      if (position == message.byteSize()) {
        throw new Malformed("an early end");
      }
      byte next = message.get(ValueLayout.JAVA_BYTE, position++);
      value |= (long) (next & 0x7F) << (7 * i);
      if (next >= 0) {
        return value;
      }
    }
    throw new Malformed("a number of more than 64 bits");
  }

  interface LongSink {
    void accept(long value);
  }

  /** The bytes are not the message they should be. */
  static final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1;

    Malformed(String what) {
      super(what);
    }
  }
}
