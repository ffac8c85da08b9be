package dev.slm.cache;

import dev.slm.base.FileTree;
import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.base.Units;
import dev.slm.model.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Says why a folder is not a model in the cache, or what is wrong with one that is. */
public final class FolderDoctor {
  private static final long LARGEST_JSON = 64 << 20;

  /** How far to look for the other half of a model. */
  private static final int NEIGHBOURHOOD = 4;

  private final ModelCache cache;
  private final List<Finding> findings = new ArrayList<>();

  /**
   * One thing that is wrong.
   *
   * @param next what to type or do
   */
  public record Finding(String what, String why, String next) {}

  private FolderDoctor(ModelCache cache) {
    this.cache = cache;
  }

  /** Looks at one folder; no findings mean that it is a model in the cache and good. */
  public static List<Finding> look(ModelCache cache, Path path) {
    FolderDoctor doctor = new FolderDoctor(cache);
    doctor.examine(path.toAbsolutePath().normalize());
    return List.copyOf(doctor.findings);
  }

  /** Looks at all of a cache: its models, and the folders that are none. */
  public static List<Finding> lookAtAll(ModelCache cache) {
    FolderDoctor doctor = new FolderDoctor(cache);
    doctor.examineCache();
    return List.copyOf(doctor.findings);
  }

  private void examineCache() {
    if (!Files.exists(cache.root())) {
      return;
    }
    List<Path> models = cache.list().stream().map(CachedModel::folder).toList();
    models.forEach(this::examineModel);
    Halves halves = Halves.around(cache.root(), NEIGHBOURHOOD);
    Stream.of(halves.complete(), halves.onnx(), halves.foundry())
        .flatMap(List::stream)
        .filter(folder -> !models.contains(folder) && !folder.equals(cache.root()))
        .filter(folder -> !folder.startsWith(cache.root().resolve(StagingArea.OURS)))
        .forEach(this::examine);
    long leftovers = cache.temporaryBytes();
    if (leftovers > 0) {
      add(
          "the temporary area holds " + Units.bytes(leftovers),
          "work that goes on, or that ended early",
          "cache prune");
    }
  }

  private void examine(Path folder) {
    if (!Files.isDirectory(folder)) {
      String what = Files.exists(folder) ? "is not a folder" : "does not exist";
      add("'" + folder + "' " + what, "a model is a folder", "cache ls");
    } else if (folder.equals(cache.root())) {
      examineCache();
      examineRoot();
    } else if (Files.exists(folder.resolve(Staging.UNFINISHED))) {
      add(
          "'" + folder + "' is not finished",
          "'" + Staging.UNFINISHED + "' lies in it: a download ended early",
          "model download again, or remove the folder");
    } else if (isModelLike(folder)) {
      examineModel(folder);
      examinePlace(folder);
    } else {
      examineParts(folder);
    }
  }

  private static boolean isModelLike(Path folder) {
    return Files.exists(folder.resolve(Manifest.FILE_NAME))
        || (Files.exists(folder.resolve(FolderScan.RUNTIME_FILE))
            && Files.exists(folder.resolve(FolderScan.FOUNDRY_FILE)));
  }

  /** The runtime's file alone, Foundry's alone, or neither. */
  private void examineParts(Path folder) {
    boolean hasRuntime = Files.exists(folder.resolve(FolderScan.RUNTIME_FILE));
    boolean hasFoundry = Files.exists(folder.resolve(FolderScan.FOUNDRY_FILE));
    Path below = folder.resolve("model");
    if (!hasRuntime && Files.exists(below.resolve(FolderScan.RUNTIME_FILE))) {
      add(
          "the files of '" + folder + "' lie in its folder 'model'",
          "Olive writes them there; a model's files lie side by side",
          "mv '" + below + "'/* '" + folder + "'");
      if (!hasFoundry) {
        missingFoundryFile(folder);
      }
    } else if (hasRuntime) {
      missingFoundryFile(folder);
      examineModel(folder);
    } else if (hasFoundry) {
      otherHalf(folder);
    } else {
      examineWeights(folder);
    }
  }

  private void missingFoundryFile(Path folder) {
    Halves halves = Halves.around(neighbourhood(folder), NEIGHBOURHOOD);
    if (halves.foundry().size() == 1) {
      Path half = halves.foundry().getFirst();
      apart(folder, half);
    } else {
      add(
          "'" + folder + "' has no " + FolderScan.FOUNDRY_FILE,
          "caches list folders that have both it and " + FolderScan.RUNTIME_FILE,
          "model import '" + folder + "'");
    }
  }

  private void otherHalf(Path folder) {
    Halves halves = Halves.around(neighbourhood(folder), NEIGHBOURHOOD);
    if (halves.onnx().size() == 1) {
      apart(halves.onnx().getFirst(), folder);
    } else {
      add(
          "'" + folder + "' has " + FolderScan.FOUNDRY_FILE + " and no model",
          "no " + FolderScan.RUNTIME_FILE + " lies beside it",
          "model import FOLDER-WITH-THE-ONNX-FILES");
    }
  }

  private void apart(Path onnx, Path foundry) {
    add(
        "the two halves of a model lie apart",
        "the ONNX files in '" + onnx + "', " + FolderScan.FOUNDRY_FILE + " in '" + foundry + "'",
        "mv '" + onnx + "'/* '" + foundry + "'");
  }

  private void examineWeights(Path folder) {
    if (Files.exists(folder.resolve("config.json")) && hasFile(folder, ".safetensors")) {
      add(
          "'" + folder + "' is a checkpoint",
          "its weights must be converted before they run",
          "quantize '" + folder + "' --precision int4");
    } else if (hasFile(folder, ".gguf") || hasFile(folder, ".bin") || hasFile(folder, ".pt")) {
      add(
          "'" + folder + "' has weights in a format that does not run here",
          "GGUF and pickled weights are not read",
          "model download OWNER/REPOSITORY with safetensors files");
    } else if (hasFile(folder, ".onnx")) {
      add(
          "'" + folder + "' has an ONNX file and no " + FolderScan.RUNTIME_FILE,
          "nothing says how to run it",
          "quantize CHECKPOINT --precision int4");
    } else {
      add("'" + folder + "' holds no model", "no file of a model lies in it", "cache ls");
    }
  }

  /** A model in the root of a cache, or outside of it, is good and yet not listed. */
  private void examinePlace(Path folder) {
    boolean isListed = cache.list().stream().anyMatch(model -> model.folder().equals(folder));
    if (isListed) {
      return;
    }
    if (!folder.startsWith(cache.root())) {
      add(
          "'" + folder + "' is not in the cache",
          "the cache is '" + cache.root() + "'",
          "model import '" + folder + "'");
    } else {
      add(
          "'" + folder + "' lies too deep, or is an older version",
          "models lie in PUBLISHER/NAME/vN, the newest N counts",
          "model import '" + folder + "'");
    }
  }

  private void examineRoot() {
    if (isModelLike(cache.root()) || Files.exists(cache.root().resolve("model.onnx"))) {
      Path custom = cache.root().resolve("custom").resolve("my-model");
      add(
          "a model lies directly in the cache",
          "only folders below a publisher's folder are listed, here and in Foundry Local",
          "mkdir -p '" + custom + "' and move its files there");
    }
  }

  private void examineModel(Path folder) {
    findings.addAll(ModelChecks.of(folder));
  }

  private Path neighbourhood(Path folder) {
    if (folder.startsWith(cache.root())) {
      return cache.root();
    }
    Path parent = folder.getParent();
    Path above = parent == null ? null : parent.getParent();
    return above == null || above.getNameCount() < 2 ? parent == null ? folder : parent : above;
  }

  private void add(String what, String why, String next) {
    findings.add(new Finding(what, why, next));
  }

  private static boolean hasFile(Path folder, String ending) {
    try {
      return FileTree.children(folder).stream().anyMatch(file -> file.toString().endsWith(ending));
    } catch (IOException _) {
      return false;
    }
  }

  static JsonNode json(Path file) {
    return Json.tree(file, LARGEST_JSON);
  }

  static String text(Problem problem) {
    return problem.why().map(why -> problem.what() + " (" + why + ")").orElse(problem.what());
  }
}
