package dev.slm.engine.check;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Walks the fields of one protobuf message without copying it. Every length is held against the
 * message it stands in.
 */
public final class ProtoReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;
  private static final int LONGEST_VARINT = 10;

  private final ByteBuffer message;
  private final int size;
  private int start;
  private int position;
  private int field;
  private int wire;

  public ProtoReader(ByteBuffer message) {
    this.message = message;
    this.size = message.limit();
  }

  /** Goes to the next field; false at the end. */
  public boolean next() {
    if (position == size) {
      return false;
    }
    start = position;
    long tag = readVarint();
    field = (int) (tag >>> 3);
    wire = (int) (tag & 7);
    if (field == 0 || tag >>> 3 > Integer.MAX_VALUE) {
      throw new Malformed("field number " + (tag >>> 3));
    }
    return true;
  }

  public int field() {
    return field;
  }

  boolean isBytes() {
    return wire == BYTES;
  }

  public long varint() {
    expect(VARINT);
    return readVarint();
  }

  public ByteBuffer bytes() {
    expect(BYTES);
    return take(readVarint());
  }

  public ProtoReader message() {
    return new ProtoReader(bytes());
  }

  public String text() {
    expect(BYTES);
    byte[] text = new byte[length(readVarint())];
    message.get(position - text.length, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  /** Reads a field of numbers, packed or one at a time. */
  public void varints(LongSink sink) {
    if (wire == VARINT) {
      sink.accept(readVarint());
      return;
    }
    ProtoReader packed = message();
    while (packed.position < packed.size) {
      sink.accept(packed.readVarint());
    }
  }

  public void skip() {
    switch (wire) {
      case VARINT -> readVarint();
      case FIXED64 -> take(8);
      case BYTES -> bytes();
      case FIXED32 -> take(4);
      default -> throw new Malformed("wire type " + wire);
    }
  }

  /** Skips the field and gives all of it, tag and length too, to be written as it is. */
  public ByteBuffer whole() {
    skip();
    return message.slice(start, position - start);
  }

  private void expect(int wanted) {
    if (wire != wanted) {
      throw new Malformed("field " + field + " of another type");
    }
  }

  private ByteBuffer take(long length) {
    int taken = length(length);
    return message.slice(position - taken, taken);
  }

  /** Goes on by so many bytes, if the message has them. */
  private int length(long length) {
    if (length < 0 || length > size - position) {
      throw new Malformed("a length of " + length);
    }
    position += (int) length;
    return (int) length;
  }

  private long readVarint() {
    long value = 0;
    for (int i = 0; i < LONGEST_VARINT; i++) {
      if (position == size) {
        throw new Malformed("an early end");
      }
      byte next = message.get(position++);
      value |= (long) (next & 0x7F) << (7 * i);
      if (next >= 0) {
        return value;
      }
    }
    throw new Malformed("a number of more than 64 bits");
  }

  public interface LongSink {
    void accept(long value);
  }

  /** The bytes are not the message they should be. */
  public static final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1;

    Malformed(String what) {
      super(what);
    }
  }
}
