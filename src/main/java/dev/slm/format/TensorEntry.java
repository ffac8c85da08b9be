package dev.slm.format;

import dev.slm.base.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.InputCoercionException;

/** One tensor's entry in a safetensors header: reads it and checks it by itself. */
final class TensorEntry {
  /** More dimensions than any weight has. */
  private static final int MOST_DIMENSIONS = 8;

  private final Path file;
  private final String name;
  private @Nullable StoredType type;
  private @Nullable List<Long> shape;
  private @Nullable List<Long> offsets;

  TensorEntry(Path file, String name) {
    this.file = file;
    this.name = name;
  }

  Safetensors.Tensor parse(JsonParser parser, long dataStart) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw bad("", "is not an object");
    }
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "dtype" -> type = parseType(parser);
        case "shape" -> shape = parseNumbers(parser, field, MOST_DIMENSIONS);
        case "data_offsets" -> offsets = parseNumbers(parser, field, 2);
        default -> parser.skipChildren();
      }
    }
    return checked(dataStart);
  }

  private StoredType parseType(JsonParser parser) {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw bad("dtype", "is not a text (expected a type such as BF16)");
    }
    String text = parser.getString();
    return StoredType.find(text)
        .orElseThrow(
            () -> bad("dtype", "is " + Shown.name(text) + " (expected a type such as BF16)"));
  }

  private List<Long> parseNumbers(JsonParser parser, String field, int most) {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw bad(field, "is not a list");
    }
    List<Long> numbers = new ArrayList<>(2);
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      numbers.add(parseNumber(parser, field));
      if (numbers.size() > most) {
        throw bad(field, "has more than " + most + " numbers");
      }
    }
    return numbers;
  }

  private long parseNumber(JsonParser parser, String field) {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT || parser.getString().startsWith("-")) {
      throw bad(field, "holds something else than whole numbers from 0");
    }
    try {
      return parser.getLongValue();
    } catch (InputCoercionException e) {
      throw bad(field, "holds a number that is too large").causedBy(e);
    }
  }

  private Safetensors.Tensor checked(long dataStart) {
    if (type == null || shape == null || offsets == null) {
      String missing = type == null ? "dtype" : shape == null ? "shape" : "data_offsets";
      throw bad(missing, "is missing");
    }
    if (offsets.size() != 2) {
      throw bad("data_offsets", "has " + offsets.size() + " numbers (expected begin and end)");
    }
    long begin = offsets.get(0);
    long bytes = offsets.get(1) - begin;
    if (bytes < 0 || offsets.get(1) > Long.MAX_VALUE - dataStart) {
      throw bad("data_offsets", "are " + begin + " and " + offsets.get(1) + ", not a range");
    }
    if (bytes != bytesOf(type, shape)) {
      throw bad(
          "data_offsets",
          "hold "
              + bytes
              + " bytes (expected "
              + bytesOf(type, shape)
              + " for "
              + type
              + " of "
              + shape
              + ")");
    }
    return new Safetensors.Tensor(name, type, shape, file, dataStart + begin, bytes);
  }

  private long bytesOf(StoredType type, List<Long> shape) {
    try {
      long bits = type.bits();
      for (long dimension : shape) {
        bits = Math.multiplyExact(bits, dimension);
      }
      if (bits % 8 != 0) {
        throw bad("shape", shape + " of " + type + " does not fill whole bytes");
      }
      return bits / 8;
    } catch (ArithmeticException e) {
      throw bad("shape", "is " + shape + ", more than any file can hold").causedBy(e);
    }
  }

  private Problem bad(String field, String found) {
    String where = field.isEmpty() ? "" : " " + field;
    return SafetensorsHeader.bad(file, "tensor " + Shown.name(name) + where, found, "");
  }
}
