package dev.slm.cache;

import dev.slm.base.FileTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Folders that look like models or halves of them.
 *
 * @param complete with the runtime's configuration and Foundry's description
 * @param onnx with the runtime's configuration alone
 * @param foundry with Foundry's description alone
 */
record Halves(List<Path> complete, List<Path> onnx, List<Path> foundry) {
  static Halves around(Path root, int depth) {
    Halves halves = new Halves(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    FileTree.folders(root, depth - 1).forEach(halves::add);
    return halves;
  }

  private void add(Path folder) {
    boolean hasRuntime = Files.exists(folder.resolve(FolderScan.RUNTIME_FILE));
    boolean hasFoundry = Files.exists(folder.resolve(FolderScan.FOUNDRY_FILE));
    if (hasRuntime && hasFoundry) {
      complete.add(folder);
    } else if (hasRuntime) {
      onnx.add(folder);
    } else if (hasFoundry) {
      foundry.add(folder);
    }
  }
}
