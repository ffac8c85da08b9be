package dev.slm.profile;

import dev.slm.base.DurableFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The checkpoint that comes with the program, so that everything can be tried without a network.
 */
public final class BundledModel {
  /** Its alias in the catalog. */
  public static final String ALIAS = "slm-demo";

  private static final String CHECKPOINT = "slm-demo/checkpoint";

  private BundledModel() {}

  /** The names of the checkpoint's files. */
  public static List<String> files() {
    List<String> names = new ArrayList<>();
    Resources.each(CHECKPOINT, (name, bytes) -> names.add(name));
    return names;
  }

  /** Writes the checkpoint's files into a folder, over those of the same names. */
  public static void copyTo(Path folder) {
    Resources.each(CHECKPOINT, (name, bytes) -> write(bytes, folder.resolve(name)));
  }

  /** Apart from reading, so that a full disk is not told of as a damaged program. */
  private static void write(InputStream bytes, Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.copy(bytes, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw DurableFile.cannotWrite(file, e);
    }
  }
}
