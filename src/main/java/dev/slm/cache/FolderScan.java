package dev.slm.cache;

import dev.slm.base.DurableFile;
import dev.slm.base.FileTree;
import dev.slm.model.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the folders that hold models, by the rules of Foundry Local: in publishers' folders and
 * below, never in the root itself, and not while {@code download.tmp} lies there. A folder with our
 * manifest counts too, because checkpoints have no runtime configuration.
 */
final class FolderScan {
  static final String RUNTIME_FILE = "genai_config.json";
  static final String FOUNDRY_FILE = "inference_model.json";

  /** Publisher, name, version, and one more for tools that add a folder of their own. */
  private static final int DEEPEST = 4;

  private static final Pattern VERSION = Pattern.compile("v(\\d{1,9})");

  private final Set<Path> seen = new HashSet<>();
  private final List<Path> found = new ArrayList<>();

  private FolderScan() {}

  /** The models' folders below a cache, sorted; of versions of one name only the newest. */
  static List<Path> modelFolders(Path root) {
    FolderScan scan = new FolderScan();
    try {
      for (Path publisher : FileTree.children(root)) {
        if (isVisibleFolder(publisher)) {
          scan.descend(publisher, 1);
        }
      }
    } catch (IOException e) {
      throw DurableFile.cannotRead(root, e);
    }
    return scan.found;
  }

  static boolean isModel(Path folder) {
    boolean isOurs = Files.isRegularFile(folder.resolve(Manifest.FILE_NAME));
    boolean isFoundry =
        Files.isRegularFile(folder.resolve(RUNTIME_FILE))
            && Files.isRegularFile(folder.resolve(FOUNDRY_FILE));
    return (isOurs || isFoundry) && !Files.exists(folder.resolve(Staging.UNFINISHED));
  }

  /** The N of a folder named {@code vN}, 0 for any other name. */
  static int version(Path folder) {
    Matcher matcher = VERSION.matcher(folder.getFileName().toString());
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  private void descend(Path folder, int depth) throws IOException {
    try {
      if (!seen.add(folder.toRealPath())) {
        return;
      }
    } catch (NoSuchFileException _) {
      return; // another process removed it just now
    }
    if (isModel(folder)) {
      found.add(folder);
      return;
    }
    if (depth == DEEPEST) {
      return;
    }
    List<Path> children = children(folder);
    int newest =
        children.stream()
            .filter(FolderScan::isVersionedModel)
            .mapToInt(FolderScan::version)
            .max()
            .orElse(0);
    for (Path child : children) {
      if (!isVersionedModel(child) || version(child) == newest) {
        descend(child, depth + 1);
      }
    }
  }

  private static boolean isVersionedModel(Path folder) {
    return version(folder) > 0 && isModel(folder);
  }

  private List<Path> children(Path folder) {
    try {
      return FileTree.children(folder).stream().filter(FolderScan::isVisibleFolder).toList();
    } catch (IOException _) {
      // one folder without permission must not hide the others; doctor names it
      return List.of();
    }
  }

  private static boolean isVisibleFolder(Path path) {
    return !path.getFileName().toString().startsWith(".") && Files.isDirectory(path);
  }
}
