import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Unpacks this platform's native libraries from the jars in {@code lib} to {@code natives}, so that
 * no start has to unpack 30 MB into a temporary folder. Run by the build: {@code java Natives.java
 * target/slm}.
 */
final class Natives {
  /** Jars in class path order: the first one that carries a library wins. */
  private static final List<String> JARS =
      List.of("onnxruntime-1", "onnxruntime-genai-", "tokenizers-");

  public static void main(String[] args) throws IOException {
    Path app = Path.of(args[0]);
    Path natives = Files.createDirectories(app.resolve("natives"));
    Set<String> taken = new HashSet<>();
    for (String prefix : JARS) {
      unpack(jar(app.resolve("lib"), prefix), natives, taken);
    }
  }

  private static void unpack(Path jar, Path natives, Set<String> taken) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      List<? extends ZipEntry> entries = zip.stream().filter(Natives::isForThisPlatform).toList();
      for (ZipEntry entry : entries) {
        String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
        if (taken.add(name)) {
          copy(zip, entry, natives.resolve(name));
        }
      }
    }
  }

  private static void copy(ZipFile zip, ZipEntry entry, Path file) throws IOException {
    if (Files.exists(file) && Files.size(file) == entry.getSize()) {
      return;
    }
    try (InputStream in = zip.getInputStream(entry)) {
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static boolean isForThisPlatform(ZipEntry entry) {
    String name = entry.getName();
    return name.matches(".*/" + platform() + "/(cpu/)?[^/]+\\.(so|dylib|dll)");
  }

  /** The folder names of onnxruntime and of the tokenizers, as one expression. */
  private static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String os = system.startsWith("mac") ? "osx" : system.startsWith("win") ? "win" : "linux";
    String arch = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "(x64|x86_64)";
    return os + "-" + arch;
  }

  private static Path jar(Path lib, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(lib)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .findFirst()
          .orElseThrow(() -> new IOException("no jar '" + prefix + "*' in '" + lib + "'"));
    }
  }
}
