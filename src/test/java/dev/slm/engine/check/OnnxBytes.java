package dev.slm.engine.check;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes ONNX messages that no honest writer would write. Field numbers are those of onnx.proto.
 */
final class OnnxBytes {
  static final int INT64 = 7;
  static final int FLOAT = 1;
  static final int UINT8 = 2;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  static OnnxBytes message() {
    return new OnnxBytes();
  }

  /** A node with its inputs and one output. */
  static OnnxBytes node(String domain, String op, String output, String... inputs) {
    OnnxBytes node = message();
    for (String input : inputs) {
      node.text(1, input);
    }
    String name = output.equals("x") ? "evil" : output;
    return node.text(2, output).text(3, name).text(4, op).text(7, domain);
  }

  /** An attribute of a node that is a whole number. */
  OnnxBytes integer(String name, long value) {
    return part(5, message().text(1, name).number(3, value).number(20, 2));
  }

  /** A tensor of whole numbers. */
  static OnnxBytes longs(String name, long... values) {
    OnnxBytes tensor = message().number(1, values.length).number(2, INT64).text(8, name);
    for (long value : values) {
      tensor.number(7, value);
    }
    return tensor;
  }

  /** A tensor whose bytes are in another file. */
  static OnnxBytes external(String name, long size, String... keysAndValues) {
    OnnxBytes tensor = message().number(1, size).number(2, FLOAT).text(8, name).number(14, 1);
    for (int i = 0; i < keysAndValues.length; i += 2) {
      tensor.part(13, message().text(1, keysAndValues[i]).text(2, keysAndValues[i + 1]));
    }
    return tensor;
  }

  OnnxBytes text(int field, String text) {
    return bytes(field, text.getBytes(StandardCharsets.UTF_8));
  }

  OnnxBytes part(int field, OnnxBytes message) {
    return bytes(field, message.toBytes());
  }

  OnnxBytes bytes(int field, byte[] bytes) {
    varint((long) field << 3 | 2);
    varint(bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  OnnxBytes number(int field, long value) {
    varint((long) field << 3);
    varint(value);
    return this;
  }

  byte[] toBytes() {
    return out.toByteArray();
  }

  /** Rewrites a model with more fields at the end of its graph. */
  static void extend(Path model, OnnxBytes more) throws IOException {
    ProtoReader in = new ProtoReader(ByteBuffer.wrap(Files.readAllBytes(model)));
    OnnxBytes extended = message();
    while (in.next()) {
      if (!in.isBytes()) {
        extended.number(in.field(), in.varint());
        continue;
      }
      ByteBuffer bytes = in.bytes();
      ByteArrayOutputStream joined = new ByteArrayOutputStream();
      while (bytes.hasRemaining()) {
        joined.write(bytes.get());
      }
      if (in.field() == 7) {
        joined.writeBytes(more.toBytes());
      }
      extended.bytes(in.field(), joined.toByteArray());
    }
    Files.write(model, extended.toBytes());
  }

  private void varint(long value) {
    long left = value;
    while ((left & ~0x7FL) != 0) {
      out.write((int) ((left & 0x7F) | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
  }
}
