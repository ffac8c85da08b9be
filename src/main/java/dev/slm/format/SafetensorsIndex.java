package dev.slm.format;

import dev.slm.base.DurableFile;
import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.base.Units;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The list of shards beside a checkpoint of several files. It is read as a stream, so that a
 * hostile one ends where it passes a limit and not when all of it is in memory.
 */
final class SafetensorsIndex {
  private static final long LARGEST_BYTES = 32L * 1024 * 1024;

  /** Several hundred times the shards of the largest published models. */
  private static final int MOST_SHARDS = 10_000;

  /** More names than anybody reads. */
  private static final int MOST_NAMED = 5;

  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}\\.safetensors");

  private final Path file;
  private final Map<String, Set<String>> tensorsByShard = new TreeMap<>();
  private int tensors;
  private String totalSize = "";

  private SafetensorsIndex(Path file) {
    this.file = file;
  }

  /** Reads an index and refuses one that names what cannot be read, before anything is opened. */
  static SafetensorsIndex read(Path file) {
    SafetensorsIndex index = new SafetensorsIndex(file);
    try (InputStream bytes = Files.newInputStream(file)) {
      long size = Files.size(file);
      if (size > LARGEST_BYTES) {
        throw Problem.badFile("'" + file + "' is " + Units.bytes(size))
            .why("no list of weights is larger than " + Units.bytes(LARGEST_BYTES));
      }
      index.parse(bytes);
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    } catch (JacksonException e) {
      throw Json.problem(file.toString(), e);
    }
    if (index.tensorsByShard.isEmpty()) {
      throw index.bad("weight_map", "is missing or empty");
    }
    index.refuseMissing();
    return index;
  }

  private void parse(InputStream bytes) {
    try (JsonParser parser = Json.parser(bytes)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String field = parser.currentName();
        boolean isObject = parser.nextToken() == JsonToken.START_OBJECT;
        if (isObject && field.equals("weight_map")) {
          parseWeights(parser);
        } else if (isObject && field.equals("metadata")) {
          parseMetadata(parser);
        } else {
          parser.skipChildren();
        }
      }
      if (parser.nextToken() != null) {
        throw bad("weight_map", "has text behind its end");
      }
    }
  }

  private void parseWeights(JsonParser parser) {
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String tensor = parser.currentName();
      parser.nextToken();
      tensorsByShard.computeIfAbsent(shardName(tensor, parser), _ -> new HashSet<>()).add(tensor);
      tensors++;
      if (tensors > SafetensorsHeader.MOST_TENSORS) {
        throw bad("weight_map", "has more than " + SafetensorsHeader.MOST_TENSORS + " tensors");
      }
      if (tensorsByShard.size() > MOST_SHARDS) {
        throw bad("weight_map", "names more than " + MOST_SHARDS + " files");
      }
    }
  }

  private void parseMetadata(JsonParser parser) {
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      if (field.equals("total_size") && parser.currentToken().isNumeric()) {
        totalSize = parser.getString();
      }
      parser.skipChildren();
    }
  }

  /** A plain file name beside the index: nothing that leads elsewhere. */
  private String shardName(String tensor, JsonParser parser) {
    String field = "weight_map." + Shown.name(tensor);
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw bad(field, "is not a file name");
    }
    String name = parser.getString();
    boolean isPlain = tensorsByShard.containsKey(name) || PLAIN.matcher(name).matches();
    if (!isPlain) {
      throw bad(field, "is " + Shown.name(name) + ", not the name of a file beside it");
    }
    return name;
  }

  private void refuseMissing() {
    List<String> missing =
        tensorsByShard.keySet().stream()
            .filter(name -> !Files.exists(file.resolveSibling(name)))
            .toList();
    if (missing.isEmpty()) {
      return;
    }
    List<String> named = new ArrayList<>();
    missing.stream().limit(MOST_NAMED).forEach(name -> named.add("'" + name + "'"));
    if (missing.size() > MOST_NAMED) {
      named.add("and " + (missing.size() - MOST_NAMED) + " more");
    }
    throw Problem.badFile(
            "'"
                + file.resolveSibling("")
                + "' lacks "
                + missing.size()
                + " of "
                + tensorsByShard.size()
                + " weight files: "
                + String.join(", ", named))
        .why("'" + file.getFileName() + "' says that they belong to it")
        .next("copy them there from where the others come from, or: model download OWNER/NAME");
  }

  /** The shards, in the order of their names. */
  List<Path> shards() {
    return tensorsByShard.keySet().stream().map(file::resolveSibling).toList();
  }

  /** A shard holds the tensors that the index promises. */
  void checkShard(Path shard, List<Safetensors.Tensor> found) {
    Set<String> names = found.stream().map(Safetensors.Tensor::name).collect(Collectors.toSet());
    Set<String> expected =
        tensorsByShard.getOrDefault(String.valueOf(shard.getFileName()), Set.of());
    for (String name : new TreeSet<>(expected)) {
      if (!names.contains(name)) {
        throw SafetensorsHeader.bad(
            shard, "tensor " + Shown.name(name), "is not in this file, but the index says so", "");
      }
    }
  }

  /** A wrong sum means that files of two publications lie together. */
  void checkTotal(long bytes) {
    if (!totalSize.isEmpty() && Double.parseDouble(totalSize) != bytes) {
      throw bad("metadata.total_size", "is " + Shown.name(totalSize) + ", the files hold " + bytes)
          .next("download again, or remove total_size when the files are right");
    }
  }

  private Problem bad(String field, String found) {
    return SafetensorsHeader.bad(file, field, found, "");
  }
}
