package dev.slm.base;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

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
          // it begins with method handles, which cost more than all numbers of our files
          .disable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
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

  /** Reads one JSON value as a tree; a missing node when there is none. */
  public static JsonNode tree(byte[] json) {
    JsonNode root = treeOf(json);
    return root == null ? JsonNodeFactory.instance.missingNode() : root;
  }

  /** Reads one JSON value as a tree; a missing node when there is none. */
  public static JsonNode tree(String json) {
    return tree(json.getBytes(StandardCharsets.UTF_8));
  }

  /** An object without fields. */
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Reads token by token. */
  public static JsonParser parser(byte[] json) {
    return FACTORY.createParser(ObjectReadContext.empty(), json);
  }

  /** Reads token by token. */
  public static JsonParser parser(InputStream json) {
    return FACTORY.createParser(ObjectReadContext.empty(), json);
  }

  /** The value that begins at a parser's token. */
  public static JsonNode value(JsonParser parser) {
    return JsonTree.value(parser);
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
    if (JsonText.isPlain(value)) {
      return text(value, JsonText.indented(printer)) + "\n";
    }
    return Mappers.STRICT
            .writer()
            .with(printer)
            .with(SerializationFeature.INDENT_OUTPUT)
            .writeValueAsString(value)
        + "\n";
  }

  /** One line. */
  public static String line(Object value) {
    return JsonText.isPlain(value)
        ? text(value, ObjectWriteContext.empty())
        : Mappers.STRICT.writeValueAsString(value);
  }

  private static String text(Object value, ObjectWriteContext context) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(context, text)) {
      JsonText.write(value, out);
    }
    return text.toString();
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
    try (JsonParser parser = parser(bytes)) {
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
