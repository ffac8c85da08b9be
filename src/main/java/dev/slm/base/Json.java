package dev.slm.base;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON as this product reads and writes it: duplicate keys, deep nesting and text behind the end
 * are refused with the file and the field; two spaces and plain line ends when written.
 */
public final class Json {
  /** Deeper than any file that models carry; parsers of a deep file cost stack. */
  private static final int DEPTH = 64;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH).build())
          .build();

  private Json() {}

  /** The mapper for files of ours: unknown fields are mistakes. */
  public static JsonMapper strict() {
    return Mappers.STRICT;
  }

  /** The mapper for files of others: unknown fields are theirs to have. */
  public static JsonMapper lenient() {
    return Mappers.LENIENT;
  }

  /** Reads a file as a tree, refusing one that is larger than {@code maxBytes}. */
  public static JsonNode tree(Path file, long maxBytes) {
    return parse(file, maxBytes, Json::treeOf);
  }

  /** Reads a file of ours. */
  public static <T> T read(Path file, long maxBytes, Class<T> type) {
    return parse(file, maxBytes, bytes -> Mappers.STRICT.readValue(bytes, type));
  }

  /** Two-space indented text that ends with a line end. */
  public static String pretty(Object value) {
    DefaultIndenter indent = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(indent).withArrayIndenter(indent);
    return Mappers.STRICT
            .writer()
            .with(printer)
            .with(SerializationFeature.INDENT_OUTPUT)
            .writeValueAsString(value)
        + "\n";
  }

  /** One line. */
  public static String line(Object value) {
    return Mappers.STRICT.writeValueAsString(value);
  }

  /** The problem of text that is not the JSON that was expected, in one line. */
  public static Problem problem(String source, JacksonException e) {
    String field =
        e.getPath().stream()
            .map(
                step ->
                    step.getPropertyName() == null
                        ? "[" + step.getIndex() + "]"
                        : step.getPropertyName())
            .collect(Collectors.joining("."));
    String where = field.isEmpty() ? "" : ": " + field;
    String line = e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
    return Problem.badFile("'" + source + "'" + where + line + ": " + reason(e)).causedBy(e);
  }

  /** What the parser says, without what it tells of itself. */
  public static String reason(JacksonException e) {
    String first = e.getOriginalMessage().lines().findFirst().orElse("not valid JSON");
    return first.replaceAll("\\s*\\((start marker )?at \\[Source:.*", "");
  }

  private static @Nullable JsonNode treeOf(byte[] bytes) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
      return JsonTree.read(parser);
    }
  }

  private static <T> T parse(Path file, long maxBytes, Parser<T> parser) {
    try {
      long size = Files.size(file);
      if (size > maxBytes) {
        throw Problem.badFile(
            "'" + file + "' is " + Units.bytes(size) + ", more than " + Units.bytes(maxBytes));
      }
      T value = parser.parse(Files.readAllBytes(file));
      if (value == null) {
        throw Problem.badFile("'" + file + "' is empty");
      }
      return value;
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    } catch (JacksonException e) {
      throw problem(file.toString(), e);
    }
  }

  private interface Parser<T> {
    @Nullable T parse(byte[] bytes);
  }

  /** Made when first asked for: a tree does without them. */
  private static final class Mappers {
    static final JsonMapper STRICT =
        JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    static final JsonMapper LENIENT =
        STRICT.rebuild().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
  }
}
