package dev.slm.profile;

import dev.slm.base.DurableFile;
import dev.slm.base.FileTree;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/**
 * Lists and opens what was packed beside the classes. The list is that of the jar (or of the build
 * folder), so no index can grow stale.
 */
final class Resources {
  private Resources() {}

  /** Reads one file's bytes. */
  @FunctionalInterface
  interface Reader {
    void read(String name, InputStream bytes) throws IOException;
  }

  /** Reads all files directly in a folder, in the order of their names. */
  static void each(String folder, Reader reader) {
    each(place(), folder, reader);
  }

  static void each(Path place, String folder, Reader reader) {
    try {
      if (Files.isDirectory(place)) {
        eachInFolder(place.resolve(folder), reader);
      } else {
        eachInJar(place, folder + "/", reader);
      }
    } catch (IOException e) {
      throw DurableFile.cannotRead(place, e);
    }
  }

  private static void eachInFolder(Path folder, Reader reader) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    for (Path file : FileTree.files(folder, 1)) {
      try (InputStream bytes = Files.newInputStream(file)) {
        reader.read(file.getFileName().toString(), bytes);
      }
    }
  }

  private static void eachInJar(Path file, String prefix, Reader reader) throws IOException {
    try (JarFile jar = new JarFile(file.toFile(), false)) {
      List<ZipEntry> entries = new ArrayList<>();
      jar.stream().filter(entry -> isDirectlyIn(entry, prefix)).forEach(entries::add);
      entries.sort((a, b) -> a.getName().compareTo(b.getName()));
      for (ZipEntry entry : entries) {
        try (InputStream bytes = jar.getInputStream(entry)) {
          reader.read(entry.getName().substring(prefix.length()), bytes);
        }
      }
    }
  }

  private static boolean isDirectlyIn(ZipEntry entry, String prefix) {
    String name = entry.getName();
    return name.startsWith(prefix)
        && name.length() > prefix.length()
        && name.indexOf('/', prefix.length()) < 0;
  }

  private static Path place() {
    CodeSource source = Resources.class.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      throw new IllegalStateException("expected classes in a jar or a folder");
    }
    try {
      return Path.of(source.getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("expected a place of classes, found " + source, e);
    }
  }
}
