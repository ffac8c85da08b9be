package dev.slm.format;

import dev.slm.base.DurableFile;
import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.base.Units;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The first part of a safetensors file: a length of eight bytes and a JSON object that says where
 * each tensor lies. Refuses what the reference reader refuses, and duplicate names, before anything
 * of the declared size is allocated.
 */
final class SafetensorsHeader {
  /** The reference reader's limit. */
  private static final long LARGEST = 100_000_000;

  /**
   * Several times what the largest published models have; keeps a hostile header's memory small.
   */
  static final int MOST_TENSORS = 200_000;

  private static final int LENGTH_BYTES = 8;

  private final Path file;
  private final long dataStart;
  private final long dataBytes;
  private final List<Safetensors.Tensor> tensors = new ArrayList<>();

  private SafetensorsHeader(Path file, long dataStart, long dataBytes) {
    this.file = file;
    this.dataStart = dataStart;
    this.dataBytes = dataBytes;
  }

  /** The tensors of a file in the order of their data. */
  static List<Safetensors.Tensor> read(Path file, FileChannel channel) {
    try {
      long size = channel.size();
      refuseOtherKinds(file, read(file, channel, 0, (int) Math.min(size, 64)));
      if (size < LENGTH_BYTES) {
        throw bad(file, "header length", "the file has " + size + " bytes", "at least 8");
      }
      long length = read(file, channel, 0, LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN).getLong();
      checkLength(file, length, size);
      byte[] json = read(file, channel, LENGTH_BYTES, (int) length).array();
      long dataStart = LENGTH_BYTES + length;
      SafetensorsHeader header = new SafetensorsHeader(file, dataStart, size - dataStart);
      header.parse(json);
      header.checkLayout();
      return header.tensors;
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    }
  }

  private static ByteBuffer read(Path file, FileChannel channel, long at, int count)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, at + bytes.position()) < 0) {
        throw bad(file, "header", "the file ends early", "");
      }
    }
    return bytes.flip();
  }

  private static void refuseOtherKinds(Path file, ByteBuffer start) {
    String text = StandardCharsets.ISO_8859_1.decode(start.duplicate()).toString();
    if (text.startsWith("version https://git-lfs")) {
      throw Problem.badFile("'" + file + "' is a Git LFS pointer, not the weights")
          .why("the repository was cloned without git-lfs")
          .next("git lfs pull, or download the file again");
    }
    if (text.startsWith("PK\u0003\u0004") || text.matches("(?s)\u0080[\u0002-\u0005].*")) {
      throw Problem.badFile("'" + file + "' is a PyTorch pickle, not a safetensors file")
          .why("loading a pickle can run any code, so it is refused")
          .next("use a checkpoint that is published as safetensors");
    }
  }

  private static void checkLength(Path file, long length, long size) {
    if (length < 0 || length > LARGEST) {
      throw bad(file, "header length", "is " + Long.toUnsignedString(length), "at most " + LARGEST);
    }
    if (length > size - LENGTH_BYTES) {
      throw bad(
          file,
          "header length",
          "is " + length,
          "less than the file, which has " + size + " bytes");
    }
  }

  private void parse(byte[] json) {
    if (json.length == 0 || json[0] != '{') {
      throw bad(file, "header", "does not begin with '{'", "a JSON object");
    }
    checkText(json);
    try (JsonParser parser = Json.parser(json)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        parseEntry(parser, parser.currentName());
      }
      if (parser.nextToken() != null) {
        throw bad(file, "header", "has text behind its end", "spaces only");
      }
    } catch (JacksonException e) {
      throw unreadable(e);
    }
  }

  private Problem unreadable(JacksonException e) {
    String shown = Shown.name(Json.reason(e));
    return bad(file, "header", "is not valid JSON: " + shown.substring(1, shown.length() - 1), "")
        .causedBy(e);
  }

  /** Strict UTF-8: the JSON parser lets some malformed sequences pass. */
  private void checkText(byte[] json) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer bytes = ByteBuffer.wrap(json);
    CharBuffer sink = CharBuffer.allocate(8192);
    CoderResult result;
    do {
      result = decoder.decode(bytes, sink.clear(), true);
    } while (result.isOverflow());
    if (result.isError()) {
      throw bad(file, "header", "is not UTF-8 at byte " + bytes.position(), "");
    }
  }

  private void parseEntry(JsonParser parser, String name) {
    parser.nextToken();
    if (name.equals("__metadata__")) {
      skipMetadata(parser);
      return;
    }
    checkName(name);
    tensors.add(new TensorEntry(file, name).parse(parser, dataStart));
    if (tensors.size() > MOST_TENSORS) {
      throw bad(file, "header", "has more than " + MOST_TENSORS + " tensors", "");
    }
  }

  private void checkName(String name) {
    if (name.isEmpty()) {
      throw bad(file, "header", "has a tensor without a name", "");
    }
    if (name.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
      throw bad(file, "header", "has a name with half a character", "");
    }
  }

  private void skipMetadata(JsonParser parser) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw bad(file, "__metadata__", "is not an object", "texts by name");
    }
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = parser.currentName();
      if (parser.nextToken() != JsonToken.VALUE_STRING) {
        throw bad(file, "__metadata__." + Shown.name(key), "is not a text", "texts by name");
      }
    }
  }

  /** The tensors' ranges follow each other without gap or overlap and cover the data exactly. */
  private void checkLayout() {
    tensors.sort(
        Comparator.comparingLong(Safetensors.Tensor::offset)
            .thenComparingLong(tensor -> tensor.offset() + tensor.bytes()));
    long end = dataStart;
    for (Safetensors.Tensor tensor : tensors) {
      if (tensor.offset() != end) {
        String what = tensor.offset() < end ? "overlaps the tensor before it" : "leaves a gap";
        throw bad(
            file,
            "tensor " + Shown.name(tensor.name()) + " data_offsets",
            "begin at " + (tensor.offset() - dataStart) + ", which " + what,
            "" + (end - dataStart));
      }
      end = tensor.offset() + tensor.bytes();
    }
    checkEnd(end - dataStart);
  }

  private void checkEnd(long needed) {
    if (needed > dataBytes) {
      throw bad(
              file,
              "data",
              "the file has " + dataBytes + " bytes of weights, its header needs " + needed,
              "")
          .why("it was cut off, " + Units.bytes(needed - dataBytes) + " are missing")
          .next("download the file again");
    }
    if (needed < dataBytes) {
      throw bad(file, "data", (dataBytes - needed) + " bytes follow the last tensor", "none");
    }
  }

  /** A problem of one line: file, field, what was found and what was expected. */
  static Problem bad(Path file, String field, String found, String expected) {
    String end = expected.isEmpty() ? "" : " (expected " + expected + ")";
    return Problem.badFile("'" + file + "': " + field + ": " + found + end);
  }
}
