import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Makes the archive for people without a JDK: launcher, jars without the native libraries of other
 * platforms, natives, everybody's licences, a trimmed runtime image and its AOT cache. Run by {@code ./mvnw -Pdist
 * package} as {@code java Distribution.java target 0.1.0}.
 */
final class Distribution {
  /** What the product and its libraries really use; the clean-clone check starts the result. */
  private static final String MODULES =
      "java.base,java.instrument,java.logging,java.management,java.naming,java.net.http,java.sql,"
          + "java.desktop,jdk.crypto.ec,jdk.httpserver,jdk.management,jdk.net,jdk.unsupported,jdk.zipfs";

  public static void main(String[] args) throws IOException, InterruptedException {
    if (Runtime.version().feature() < 25) {
      throw new IllegalStateException("run Maven on a JDK 25, as ./mvnw does, to make the archive");
    }
    Path target = Path.of(args[0]).toAbsolutePath();
    String name = "slm-" + args[1] + "-" + platform();
    Path folder = target.resolve("dist").resolve(name);
    delete(folder);
    Files.createDirectories(folder);
    copyProduct(target, folder);
    new Licences(target.getParent()).write(folder);
    link(folder.resolve("runtime"));
    run(folder, launcher(folder), "--version");
    Path archive = pack(target, name);
    System.out.println(archive + " " + Files.size(archive) / 1_000_000 + " MB");
  }

  private static void copyProduct(Path target, Path folder) throws IOException {
    Path root = target.getParent();
    for (String file : List.of("slm", "slm.cmd", "README.md", "LICENSE", "CHANGELOG.md")) {
      copy(root.resolve(file), folder.resolve(file));
    }
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("foundry"), Path.of("../slm"));
    copy(target.resolve("slm/slm.jar"), folder.resolve("slm.jar"));
    copyFolder(target.resolve("slm/natives"), folder.resolve("natives"));
    Path lib = Files.createDirectories(folder.resolve("lib"));
    try (Stream<Path> jars = Files.list(target.resolve("slm/lib"))) {
      for (Path jar : jars.sorted().toList()) {
        copyWithoutNatives(jar, lib.resolve(jar.getFileName()));
      }
    }
  }

  private static void copyFolder(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void copyWithoutNatives(Path from, Path to) throws IOException {
    try (ZipFile zip = new ZipFile(from.toFile())) {
      List<? extends ZipEntry> natives = zip.stream().filter(Distribution::isNative).toList();
      if (natives.isEmpty()) {
        copy(from, to);
        return;
      }
      try (OutputStream out = Files.newOutputStream(to);
          ZipOutputStream copy = new ZipOutputStream(out)) {
        for (ZipEntry entry : zip.stream().filter(e -> !isNative(e)).toList()) {
          copy.putNextEntry(new ZipEntry(entry.getName()));
          zip.getInputStream(entry).transferTo(copy);
          copy.closeEntry();
        }
      }
    }
  }

  private static boolean isNative(ZipEntry entry) {
    String name = entry.getName();
    return name.matches(".*(\\.(so|dll|dylib)|\\.dSYM/.*)")
        && !name.startsWith("org/jline/"); // small, and loaded from the jar
  }

  private static void link(Path runtime) {
    ToolProvider jlink =
        ToolProvider.findFirst("jlink")
            .orElseThrow(() -> new IllegalStateException("this JDK has no jlink"));
    int status =
        jlink.run(
            System.out,
            System.err,
            "--add-modules",
            MODULES,
            "--output",
            runtime.toString(),
            "--strip-java-debug-attributes",
            "--no-header-files",
            "--no-man-pages",
            "--compress=zip-6",
            "--generate-cds-archive");
    if (status != 0) {
      throw new IllegalStateException("jlink ended with status " + status);
    }
  }

  private static Path pack(Path target, String name) throws IOException, InterruptedException {
    Path archive = target.resolve("dist").resolve(name + (isWindows() ? ".zip" : ".tar.gz"));
    Files.deleteIfExists(archive);
    String how = isWindows() ? "-acf" : "-czf";
    run(target.resolve("dist"), "tar", how, archive.getFileName().toString(), name);
    return archive;
  }

  private static void run(Path folder, String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).directory(folder.toFile()).inheritIO().start();
    int status = process.waitFor();
    if (status != 0) {
      throw new IllegalStateException(String.join(" ", command) + " ended with status " + status);
    }
  }

  private static String launcher(Path folder) {
    return folder.resolve(isWindows() ? "slm.cmd" : "slm").toString();
  }

  private static boolean isWindows() {
    return System.getProperty("os.name").startsWith("Windows");
  }

  private static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String os = system.startsWith("mac") ? "macos" : isWindows() ? "windows" : "linux";
    return os + "-" + System.getProperty("os.arch").replace("amd64", "x64");
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> files = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(folder)) {
      walk.sorted(Comparator.reverseOrder()).forEach(files::add);
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }
}
