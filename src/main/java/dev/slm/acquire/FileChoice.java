package dev.slm.acquire;

import dev.slm.base.Problem;
import dev.slm.base.SafePath;
import dev.slm.model.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which files of a repository a model needs: a folder that runs as it is, or the checkpoint it can
 * be made of. Files that run code when they are read are never among them.
 */
public sealed interface FileChoice {
  /** What marks a folder of onnxruntime-genai. */
  String RUNNABLE = "genai_config.json";

  List<RemoteFile> files();

  /** The repository's folder that the files lie in, with its slash; empty for the root. */
  String folder();

  /** Where a file goes: a model's folder becomes the root. */
  default String target(RemoteFile file) {
    return file.path().startsWith(folder())
        ? file.path().substring(folder().length())
        : file.path();
  }

  default long bytes() {
    return files().stream().mapToLong(RemoteFile::size).sum();
  }

  /** An onnxruntime-genai folder. */
  record Ready(String folder, Optional<Precision> precision, List<RemoteFile> files)
      implements FileChoice {}

  /** Weights, configuration and tokenizer as Hugging Face keeps them. */
  record Checkpoint(List<RemoteFile> files) implements FileChoice {
    @Override
    public String folder() {
      return "";
    }
  }

  /**
   * A ready folder of the precision, else the checkpoint.
   *
   * @param wanted empty takes what the repository has ready
   */
  static FileChoice of(Snapshot snapshot, Optional<Precision> wanted) {
    Optional<Ready> ready = Folders.best(snapshot, wanted);
    return ready.isPresent() ? ready.get() : checkpoint(snapshot);
  }

  /** The checkpoint, also where a ready folder stands beside it. */
  static FileChoice checkpoint(Snapshot snapshot) {
    return new Checkpoint(Checkpoints.files(snapshot));
  }

  /** Ready folders of a repository. */
  final class Folders {
    private static final Pattern WORDS = Pattern.compile("[/_.-]+");
    private static final Set<String> OTHER_HARDWARE =
        Set.of(
            "cuda",
            "gpu",
            "directml",
            "dml",
            "qnn",
            "npu",
            "webgpu",
            "openvino",
            "vitis",
            "vitisai",
            "tensorrt",
            "trtrtx",
            "rocm",
            "migraphx",
            "coreml");
    private static final Set<String> USELESS =
        Set.of(
            "bin", "pt", "pth", "pkl", "pickle", "ckpt", "msgpack", "h5", "py", "png", "jpg",
            "jpeg", "gif", "svg", "mp4", "gguf", "dll", "so", "dylib", "exe");

    private Folders() {}

    static Optional<Ready> best(Snapshot snapshot, Optional<Precision> wanted) {
      return all(snapshot).stream()
          .filter(ready -> wanted.isEmpty() || ready.precision().equals(wanted))
          .min(
              Comparator.comparing((Ready ready) -> !ready.folder().contains("cpu"))
                  .thenComparing(ready -> ready.precision().orElse(Precision.FP32))
                  // of several blockings the finer one loses less quality
                  .thenComparing(ready -> !ready.folder().contains("block-32"))
                  .thenComparing(Ready::folder));
    }

    static List<Ready> all(Snapshot snapshot) {
      return snapshot.files().stream()
          .filter(file -> file.name().equals(RUNNABLE))
          .map(RemoteFile::folder)
          .filter(Folders::isForCpu)
          .map(folder -> new Ready(folder, precision(snapshot, folder), files(snapshot, folder)))
          .filter(ready -> ready.files().stream().anyMatch(file -> file.endsWith(".onnx")))
          .toList();
    }

    private static boolean isForCpu(String folder) {
      List<String> words = words(folder);
      return words.contains("cpu") || words.stream().noneMatch(OTHER_HARDWARE::contains);
    }

    private static Optional<Precision> precision(Snapshot snapshot, String folder) {
      List<String> words = new ArrayList<>(words(folder));
      words.addAll(words(snapshot.repository().name()));
      return words.stream().flatMap(word -> Precision.find(word).stream()).findFirst();
    }

    private static List<String> words(String text) {
      return Arrays.asList(WORDS.split(text.toLowerCase(Locale.ROOT)));
    }

    private static List<RemoteFile> files(Snapshot snapshot, String folder) {
      List<RemoteFile> files =
          snapshot.files().stream()
              .filter(file -> isInside(file, folder))
              .filter(file -> !USELESS.contains(ending(file)) && !file.name().startsWith(".git"))
              .toList();
      boolean hasLicence = files.stream().anyMatch(file -> Checkpoints.isLicence(file.name()));
      List<RemoteFile> all = new ArrayList<>(files);
      snapshot.files().stream()
          .filter(file -> !hasLicence && !files.contains(file))
          .filter(file -> Checkpoints.isLicence(file.path()))
          .forEach(all::add);
      return List.copyOf(all);
    }

    /** The repository's root has other folders below it, a folder of a model is its own. */
    private static boolean isInside(RemoteFile file, String folder) {
      return folder.isEmpty() ? file.folder().isEmpty() : file.path().startsWith(folder);
    }

    private static String ending(RemoteFile file) {
      return file.name().substring(file.name().lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }
  }

  /** Checkpoints in a repository's root. */
  final class Checkpoints {
    private static final Pattern WEIGHTS =
        Pattern.compile(
            "(?<base>[A-Za-z0-9_.-]+?)(-(?<n>\\d{5})-of-(?<count>\\d{5}))?\\.safetensors");
    private static final Set<String> TEXTS =
        Set.of(
            "config.json",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "tokenizer.model",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "merges.txt",
            "chat_template.jinja",
            "chat_template.json",
            "slm_calibration.jsonl",
            "model.safetensors.index.json");
    private static final Pattern LICENCE =
        Pattern.compile("(LICEN[CS]E|NOTICE|USE_POLICY|COPYING)[A-Za-z0-9._-]{0,40}");

    private Checkpoints() {}

    static boolean isLicence(String path) {
      return LICENCE.matcher(path.toUpperCase(Locale.ROOT)).matches();
    }

    static List<RemoteFile> files(Snapshot snapshot) {
      List<RemoteFile> root =
          snapshot.files().stream().filter(file -> file.folder().isEmpty()).toList();
      List<RemoteFile> chosen = new ArrayList<>(weights(snapshot, root));
      if (root.stream().noneMatch(file -> file.name().equals("config.json"))) {
        throw unusable(snapshot, "it has no 'config.json'");
      }
      root.stream()
          .filter(file -> TEXTS.contains(file.name()) || isLicence(file.name()))
          .forEach(chosen::add);
      return List.copyOf(chosen);
    }

    private static List<RemoteFile> weights(Snapshot snapshot, List<RemoteFile> root) {
      List<RemoteFile> all =
          root.stream().filter(file -> WEIGHTS.matcher(file.name()).matches()).toList();
      List<RemoteFile> shards = all.stream().filter(file -> is(file, "model", true)).toList();
      List<RemoteFile> whole = all.stream().filter(file -> is(file, "model", false)).toList();
      boolean hasIndex =
          root.stream().anyMatch(file -> file.name().equals("model.safetensors.index.json"));
      if (!shards.isEmpty() && (hasIndex || whole.isEmpty())) {
        return complete(snapshot, shards);
      }
      if (!whole.isEmpty()) {
        return whole;
      }
      if (all.size() == 1 && !all.getFirst().name().startsWith("adapter")) {
        return all;
      }
      throw unusable(snapshot, whatInstead(snapshot, all));
    }

    private static boolean is(RemoteFile file, String base, boolean isShard) {
      Matcher name = WEIGHTS.matcher(file.name());
      return name.matches()
          && name.group("base").equals(base)
          && (name.group("n") != null) == isShard;
    }

    private static List<RemoteFile> complete(Snapshot snapshot, List<RemoteFile> shards) {
      Matcher name = WEIGHTS.matcher(shards.getFirst().name());
      int count = name.matches() ? Integer.parseInt(name.group("count")) : 0;
      if (shards.size() != count) {
        throw unusable(snapshot, "it has " + shards.size() + " of " + count + " safetensors files");
      }
      return shards;
    }

    private static String whatInstead(Snapshot snapshot, List<RemoteFile> safetensors) {
      if (safetensors.stream().anyMatch(file -> file.name().startsWith("adapter"))) {
        return "it has an adapter for another model, not a whole one";
      }
      List<RemoteFile> files = snapshot.files();
      if (files.stream().anyMatch(file -> file.name().equals(RUNNABLE))) {
        return "its ready folders are of another precision or for other hardware: "
            + String.join(", ", readyFolders(files));
      }
      if (files.stream().anyMatch(file -> file.endsWith(".gguf"))) {
        return "it has GGUF files, which are not converted";
      }
      if (files.stream().anyMatch(file -> file.endsWith(".bin") || file.endsWith(".pth"))) {
        return "it has only pickle files, which can run code when they are read";
      }
      return "it has no safetensors weights";
    }

    private static List<String> readyFolders(List<RemoteFile> files) {
      return files.stream()
          .filter(file -> file.name().equals(RUNNABLE))
          .map(file -> "'" + SafePath.shown(file.folder()) + "'")
          .limit(5)
          .toList();
    }

    private static Problem unusable(Snapshot snapshot, String reason) {
      return Problem.failed("'" + snapshot.repository() + "' cannot be used")
          .why(reason)
          .next("look for a repository with safetensors files, or: model list");
    }
  }
}
