package dev.slm.cache;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/**
 * Folders that look like models or halves of them.
 *
 * @param complete with the runtime's configuration and Foundry's description
 * @param onnx with the runtime's configuration alone
 * @param foundry with Foundry's description alone
 */
record Halves(List<Path> complete, List<Path> onnx, List<Path> foundry) {
  /** A look around must not walk a whole disk. */
  private static final int MOST_FOLDERS = 2000;

  static Halves around(Path root, int depth) {
    Halves halves = new Halves(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    int[] seen = new int[1];
    try {
      Files.walkFileTree(
          root,
          EnumSet.noneOf(FileVisitOption.class),
          depth,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              if (seen[0]++ > MOST_FOLDERS) {
                return FileVisitResult.TERMINATE;
              }
              halves.add(folder);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException _) {
      return halves;
    }
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
