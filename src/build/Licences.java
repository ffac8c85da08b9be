import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Lays the licences and notices of all libraries beside them in the archive, one folder each. A
 * library of which no licence is known ends the build.
 */
final class Licences {
  /** What the jars that carry no licence text are under; their project pages say so. */
  private static final List<Known> WITHOUT_TEXT =
      List.of(
          new Known("api-", Text.APACHE), // DJL
          new Known("jline-", Text.BSD),
          new Known("jspecify-", Text.APACHE),
          new Known("onnxruntime-", Text.MIT), // the one for genai, too
          new Known("prometheus-metrics-", Text.APACHE),
          new Known("spring-shell-", Text.APACHE),
          new Known("tokenizers-", Text.APACHE));

  private enum Text {
    APACHE("LICENSE"),
    BSD("src/build/licences/BSD-3-Clause-JLine.txt"),
    MIT("src/build/licences/MIT-Microsoft.txt");

    private final String file;

    Text(String file) {
      this.file = file;
    }
  }

  private record Known(String jars, Text text) {}

  private final Path root;

  /**
   * @param root the clone
   */
  Licences(Path root) {
    this.root = root;
  }

  /** Writes {@code licences/} into a folder that has {@code lib/}. */
  void write(Path folder) throws IOException {
    Path licences = Files.createDirectories(folder.resolve("licences"));
    StringBuilder list = new StringBuilder();
    try (Stream<Path> jars = Files.list(folder.resolve("lib"))) {
      for (Path jar : jars.sorted().toList()) {
        String name = jar.getFileName().toString().replaceFirst("\\.jar$", "");
        collect(jar, name, Files.createDirectories(licences.resolve(name)));
        list.append("- ").append(name).append('\n');
      }
    }
    Files.writeString(
        licences.resolve("README.md"),
        """
        # Licences

        slm is under the Apache License 2.0 (`../LICENSE`), and so is the model slm-demo in it. The Java
        runtime has its own licences in `../runtime/legal`. The libraries in `../lib`, and the native ones
        in `../natives` that come out of them, have theirs in a folder each:

        """
            + list);
  }

  private void collect(Path jar, String name, Path folder) throws IOException {
    boolean hasLicence = false;
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : zip.stream().filter(Licences::isLegal).toList()) {
        String file = entry.getName().replaceFirst("^META-INF/", "").replace('/', '-');
        try (InputStream in = zip.getInputStream(entry)) {
          Files.copy(in, folder.resolve(file));
        }
        hasLicence |= file.toLowerCase(Locale.ROOT).startsWith("licen");
      }
    }
    if (!hasLicence) {
      Files.copy(root.resolve(known(name).file), folder.resolve("LICENSE"));
    }
  }

  private static Text known(String jar) {
    return WITHOUT_TEXT.stream()
        .filter(known -> jar.startsWith(known.jars()))
        .map(Known::text)
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("no licence is known of '" + jar + "': add it to Licences.java"));
  }

  private static boolean isLegal(ZipEntry entry) {
    String name = entry.getName();
    String file = name.substring(name.lastIndexOf('/') + 1);
    return file.matches("(?i)(licen[cs]e|notice|copying|third-?party-?notices?)([.-].*)?")
        && !file.endsWith(".class");
  }
}
