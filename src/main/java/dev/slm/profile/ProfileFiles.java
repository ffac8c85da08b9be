package dev.slm.profile;

import dev.slm.base.DurableFile;
import dev.slm.base.FileTree;
import dev.slm.base.Json;
import dev.slm.base.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.core.JacksonException;

/** The files of one kind, shipped ones and the user's; a user's file replaces a shipped one. */
final class ProfileFiles {
  private static final String ENDING = ".json";
  private static final long LARGEST = 1 << 20;

  /** A file as it was found; {@code source} is how to call it in front of people. */
  record ProfileFile(String name, String source, String json) {}

  private ProfileFiles() {}

  static List<ProfileFile> shipped(String kind) {
    List<ProfileFile> files = new ArrayList<>();
    Resources.each(
        "profiles/" + kind,
        (name, bytes) -> {
          if (name.endsWith(ENDING)) {
            files.add(new ProfileFile(base(name), kind + "/" + name, text(bytes.readAllBytes())));
          }
        });
    return files;
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }

  static List<ProfileFile> users(Path folder, String kind) {
    Path place = folder.resolve(kind);
    if (!Files.isDirectory(place)) {
      return List.of();
    }
    List<ProfileFile> files = new ArrayList<>();
    try {
      for (Path file : FileTree.children(place)) {
        if (!file.toString().endsWith(ENDING)) {
          continue;
        }
        if (Files.size(file) > LARGEST) {
          throw Problem.badFile("'" + file + "' is too large for a profile");
        }
        String name = file.getFileName().toString();
        files.add(new ProfileFile(base(name), file.toString(), text(Files.readAllBytes(file))));
      }
    } catch (IOException e) {
      throw DurableFile.cannotRead(place, e);
    }
    return files;
  }

  /**
   * Files of the user that nobody would ever read, because they lie beside the folders of kinds.
   */
  static List<String> strays(Path folder, List<String> kinds) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    String expected = " (expected in one of the folders " + String.join(", ", kinds) + ")";
    try {
      return FileTree.files(folder, 2).stream()
          .filter(file -> file.toString().endsWith(ENDING))
          .map(folder::relativize)
          .filter(file -> file.getNameCount() == 1 || !kinds.contains(file.getName(0).toString()))
          .filter(file -> !file.toString().startsWith("."))
          .sorted()
          .map(file -> folder.resolve(file) + ": found a profile of no kind" + expected)
          .toList();
    } catch (IOException e) {
      throw DurableFile.cannotRead(folder, e);
    }
  }

  /** Shipped files and the user's over them, by name. */
  static List<ProfileFile> merged(List<ProfileFile> shipped, List<ProfileFile> users) {
    Map<String, ProfileFile> byName = new TreeMap<>();
    shipped.forEach(file -> byName.put(file.name(), file));
    users.forEach(file -> byName.put(file.name(), file));
    return List.copyOf(byName.values());
  }

  /**
   * Reads files, adding what is wrong with them to the mistakes; those with mistakes are left out.
   *
   * @param nameField the field that has to say the same as the file's name
   */
  static <T> List<T> read(
      List<ProfileFile> files,
      String nameField,
      Function<Fields, T> reader,
      List<String> mistakes) {
    List<T> values = new ArrayList<>();
    for (ProfileFile file : files) {
      int before = mistakes.size();
      Optional<T> value = read(file, nameField, reader, mistakes);
      if (mistakes.size() == before) {
        value.ifPresent(values::add);
      }
    }
    return List.copyOf(values);
  }

  /** One file alone, refused with all its mistakes. */
  static <T> T single(Path file, Function<Fields, T> reader) {
    List<String> mistakes = new ArrayList<>();
    try {
      Fields fields = new Fields(file.toString(), Json.tree(file, LARGEST), mistakes);
      T value = reader.apply(fields);
      fields.end();
      if (mistakes.isEmpty()) {
        return value;
      }
    } catch (RuntimeException e) {
      if (mistakes.isEmpty()) {
        throw e;
      }
    }
    throw Problem.badFile(String.join("\n", mistakes));
  }

  private static <T> Optional<T> read(
      ProfileFile file, String nameField, Function<Fields, T> reader, List<String> mistakes) {
    try {
      Fields fields = new Fields(file.source(), Json.tree(file.json()), mistakes);
      T value = reader.apply(fields);
      String name = fields.text(nameField);
      if (!name.equals(file.name())) {
        fields.mistake(nameField, "'" + name + "'", "the file's name, '" + file.name() + "'");
      }
      fields.end();
      return Optional.of(value);
    } catch (JacksonException e) {
      Problem problem = Json.problem(file.source(), e);
      mistakes.add(problem.what());
      return Optional.empty();
    }
  }

  private static String base(String name) {
    return name.substring(0, name.length() - ENDING.length());
  }
}
