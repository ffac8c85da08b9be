package dev.slm.cache;

import dev.slm.base.FileTree;
import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.base.SafePath;
import dev.slm.model.Manifest;
import dev.slm.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** What can be said of a model's folder without reading its weights. */
final class FolderFacts {
  private static final int MOST_LOOKS = 5;
  private static final long LARGEST_JSON = 4 << 20;
  private static final Pattern PRECISION = Pattern.compile("(.+)-(int4|int8|fp16|fp32)");
  private static final Pattern FOUNDRY_VERSION = Pattern.compile("(.+):(\\d{1,9})");

  private final Path root;
  private final UsageMarks marks;

  FolderFacts(Path root, UsageMarks marks) {
    this.root = root;
    this.marks = marks;
  }

  /**
   * Nothing when the folder went away while it was looked at. When another process put a new one
   * into its place meanwhile, what was seen may be half of each, so it is looked at again.
   */
  Optional<CachedModel> of(Path folder) {
    for (int attempt = 0; attempt < MOST_LOOKS; attempt++) {
      Optional<String> before = identity(folder);
      if (before.isEmpty()) {
        return Optional.empty();
      }
      CachedModel model = look(folder);
      if (before.equals(identity(folder))) {
        return Optional.of(model);
      }
    }
    return Optional.empty();
  }

  /** Changes when the folder is another one, even if it got the number of the old one. */
  private static Optional<String> identity(Path folder) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(folder, BasicFileAttributes.class);
      return Optional.of(
          attributes.fileKey() + " " + attributes.creationTime() + attributes.lastModifiedTime());
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private CachedModel look(Path folder) {
    if (!Files.exists(folder.resolve(Manifest.FILE_NAME))) {
      return foreign(folder, "made by another program");
    }
    try {
      return ours(folder, ManifestFile.read(folder));
    } catch (Problem e) {
      return foreign(folder, text(e));
    }
  }

  private CachedModel ours(Path folder, Manifest manifest) {
    Optional<String> fault = fault(folder, manifest);
    return new CachedModel(
        folder,
        publisher(folder),
        manifest.name(),
        manifest.alias(),
        Math.max(FolderScan.version(folder), 1),
        manifest.kind(),
        fault.isPresent() ? CachedModel.State.DAMAGED : CachedModel.State.READY,
        Optional.ofNullable(manifest.precision()),
        manifest.family(),
        manifest.parameters(),
        manifest.contextLength(),
        manifest.bytes(),
        manifest.licence(),
        marks.of(folder),
        Optional.of(manifest),
        fault.orElse(""));
  }

  /** The first file that is not there or has another size. */
  private static Optional<String> fault(Path folder, Manifest manifest) {
    for (Manifest.FileEntry entry : manifest.files()) {
      try {
        Path file = SafePath.resolve(folder, Manifest.FILE_NAME, entry.path());
        long size = Files.size(file);
        if (size != entry.size()) {
          return Optional.of(
              "'%s' has %d bytes, not %d".formatted(entry.path(), size, entry.size()));
        }
      } catch (IOException _) {
        return Optional.of("'" + entry.path() + "' is missing");
      } catch (Problem e) {
        return Optional.of(text(e));
      }
    }
    return Optional.empty();
  }

  private CachedModel foreign(Path folder, String note) {
    JsonNode runtime = json(folder.resolve(FolderScan.RUNTIME_FILE)).path("model");
    JsonNode foundry = json(folder.resolve(FolderScan.FOUNDRY_FILE));
    String id = foundry.path("Name").asString("").strip();
    Matcher versioned = FOUNDRY_VERSION.matcher(id);
    boolean hasVersion = versioned.matches();
    String name = hasVersion ? versioned.group(1) : id.isEmpty() ? folderName(folder) : id;
    Matcher precise = PRECISION.matcher(name.toLowerCase(Locale.ROOT));
    boolean hasPrecision = precise.matches();
    boolean hasRuntime = Files.isRegularFile(folder.resolve(FolderScan.RUNTIME_FILE));
    return new CachedModel(
        folder,
        publisher(folder),
        name,
        hasPrecision ? name.substring(0, precise.end(1)) : name,
        hasVersion ? Integer.parseInt(versioned.group(2)) : Math.max(FolderScan.version(folder), 1),
        hasRuntime ? Manifest.Kind.MODEL : Manifest.Kind.CHECKPOINT,
        CachedModel.State.UNVERIFIED,
        hasPrecision ? Precision.find(precise.group(2)) : Optional.empty(),
        runtime.path("type").asString(""),
        0,
        runtime.path("context_length").asInt(0),
        FileTree.bytes(folder),
        "",
        marks.of(folder),
        Optional.empty(),
        note);
  }

  private static String text(Problem problem) {
    return problem.why().map(why -> problem.what() + " (" + why + ")").orElse(problem.what());
  }

  /** The name of the folder, or of the one above when it only says a version. */
  private static String folderName(Path folder) {
    Path parent = folder.getParent();
    Path named = FolderScan.version(folder) > 0 && parent != null ? parent : folder;
    return named.getFileName().toString();
  }

  private String publisher(Path folder) {
    Path relative = root.relativize(folder);
    return relative.getName(0).toString();
  }

  /** The file's content, or nothing at all: a listing shows what it can. */
  private static JsonNode json(Path file) {
    try {
      return Json.tree(file, LARGEST_JSON);
    } catch (Problem _) {
      return MissingNode.getInstance();
    }
  }
}
