package dev.slm.cache;

import dev.slm.base.DurableFile;
import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.model.Manifest;
import dev.slm.model.Precision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The manifest as JSON. Written field by field and not by reflection: listing a cache reads every
 * manifest, and must not cost the start-up of a binding library.
 */
final class ManifestFile {
  /** A 100 GB model has 12,500 parts of 11 bytes each. */
  private static final long LARGEST = 16 << 20;

  private ManifestFile() {}

  /** The manifest in a model's folder. */
  static Manifest read(Path folder) {
    Path file = folder.resolve(Manifest.FILE_NAME);
    try {
      if (Files.size(file) > LARGEST) {
        throw Problem.badFile("'" + file + "' is too large for a manifest");
      }
      return parse(file.toString(), Files.readAllBytes(file));
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    }
  }

  static Manifest parse(String source, byte[] json) {
    try {
      return new Reader(source).manifest(Json.tree(json));
    } catch (JacksonException e) {
      throw Json.problem(source, e);
    }
  }

  /** Writes the manifest into a folder that nobody reads yet. */
  static void write(Path folder, Manifest manifest) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            folder.resolve(Manifest.FILE_NAME),
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer left = ByteBuffer.wrap(bytes(manifest));
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
  }

  static byte[] bytes(Manifest manifest) {
    return Json.pretty(tree(manifest)).getBytes(StandardCharsets.UTF_8);
  }

  private static ObjectNode tree(Manifest manifest) {
    ObjectNode root = Json.object();
    root.put("format", manifest.format());
    root.put("name", manifest.name());
    root.put("alias", manifest.alias());
    root.put("kind", manifest.kind().name().toLowerCase(Locale.ROOT));
    Precision precision = manifest.precision();
    root.put("precision", precision == null ? null : precision.id());
    root.put("family", manifest.family());
    root.put("parameters", manifest.parameters());
    root.put("contextLength", manifest.contextLength());
    root.putObject("source")
        .put("repository", manifest.source().repository())
        .put("commit", manifest.source().commit());
    root.put("recipe", manifest.recipe());
    ObjectNode options = root.putObject("options");
    new TreeMap<>(manifest.options()).forEach(options::put);
    root.put("licence", manifest.licence());
    root.put("toolVersion", manifest.toolVersion());
    root.put("created", manifest.created().toString());
    ObjectNode quality = root.putObject("quality");
    new TreeMap<>(manifest.quality()).forEach((name, value) -> quality.put(name, value));
    ArrayNode files = root.putArray("files");
    for (Manifest.FileEntry entry : manifest.files()) {
      ObjectNode file = files.addObject();
      file.put("path", entry.path()).put("size", entry.size()).put("sha256", entry.sha256());
      entry.parts().forEach(file.putArray("parts")::add);
    }
    return root;
  }

  /** Reads fields of one file and says which one is wrong. */
  private record Reader(String source) {
    Manifest manifest(@Nullable JsonNode root) {
      if (root == null || !root.isObject()) {
        throw Problem.badFile("'" + source + "' is not a manifest").why("expected a JSON object");
      }
      int format = (int) number(root, "format");
      if (format > Manifest.FORMAT) {
        throw Problem.badFile("'" + source + "' was written by a newer slm")
            .why("format " + format + ", this program knows " + Manifest.FORMAT);
      }
      JsonNode origin = object(root, "source");
      return new Manifest(
          format,
          text(root, "name"),
          text(root, "alias"),
          kind(root),
          precision(root),
          text(root, "family"),
          number(root, "parameters"),
          (int) number(root, "contextLength"),
          new Manifest.Source(text(origin, "repository"), text(origin, "commit")),
          text(root, "recipe"),
          options(object(root, "options")),
          text(root, "licence"),
          text(root, "toolVersion"),
          created(root),
          quality(object(root, "quality")),
          files(root));
    }

    private Manifest.Kind kind(JsonNode root) {
      String kind = text(root, "kind");
      return switch (kind) {
        case "model" -> Manifest.Kind.MODEL;
        case "checkpoint" -> Manifest.Kind.CHECKPOINT;
        default -> throw wrong("kind", kind, "model or checkpoint");
      };
    }

    private @Nullable Precision precision(JsonNode root) {
      JsonNode node = root.get("precision");
      if (node == null || node.isNull()) {
        return null;
      }
      String id = node.isString() ? node.stringValue() : node.toString();
      return Precision.find(id)
          .orElseThrow(() -> wrong("precision", id, String.join(", ", Precision.ids())));
    }

    private Instant created(JsonNode root) {
      String text = text(root, "created");
      try {
        return Instant.parse(text);
      } catch (DateTimeException _) {
        throw wrong("created", text, "a time such as 2026-01-31T12:00:00Z");
      }
    }

    private Map<String, String> options(JsonNode node) {
      Map<String, String> options = new LinkedHashMap<>();
      node.properties().forEach(field -> options.put(field.getKey(), text(node, field.getKey())));
      return options;
    }

    private Map<String, Double> quality(JsonNode node) {
      Map<String, Double> quality = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        if (!field.getValue().isNumber()) {
          throw wrong("quality." + field.getKey(), field.getValue().toString(), "a number");
        }
        quality.put(field.getKey(), field.getValue().doubleValue());
      }
      return quality;
    }

    private List<Manifest.FileEntry> files(JsonNode root) {
      List<Manifest.FileEntry> entries = new ArrayList<>();
      for (JsonNode file : array(root, "files")) {
        List<String> parts = new ArrayList<>();
        array(file, "parts").forEach(part -> parts.add(part.asString("")));
        entries.add(
            new Manifest.FileEntry(
                text(file, "path"), number(file, "size"), text(file, "sha256"), parts));
      }
      return entries;
    }

    private String text(JsonNode parent, String field) {
      JsonNode node = parent.get(field);
      if (node == null || !node.isString()) {
        throw wrong(field, node == null ? "nothing" : node.toString(), "text");
      }
      return node.stringValue();
    }

    private long number(JsonNode parent, String field) {
      JsonNode node = parent.get(field);
      if (node == null
          || !node.isIntegralNumber()
          || !node.canConvertToLong()
          || node.longValue() < 0) {
        throw wrong(field, node == null ? "nothing" : node.toString(), "a number from 0");
      }
      return node.longValue();
    }

    private JsonNode object(JsonNode parent, String field) {
      JsonNode node = parent.get(field);
      if (node == null || !node.isObject()) {
        throw wrong(field, node == null ? "nothing" : node.toString(), "an object");
      }
      return node;
    }

    private JsonNode array(JsonNode parent, String field) {
      JsonNode node = parent.get(field);
      if (node == null || !node.isArray()) {
        throw wrong(field, node == null ? "nothing" : node.toString(), "a list");
      }
      return node;
    }

    private Problem wrong(String field, String found, String expected) {
      return Problem.badFile("'" + source + "': " + field + ": '" + shortened(found) + "'")
          .why("expected " + expected);
    }

    private static String shortened(String text) {
      return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
  }
}
