package dev.slm.engine.ort;

import dev.slm.engine.check.UserCache;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;

/**
 * Unpacks the native libraries of a jar once into the user's cache folder. Left alone, onnxruntime
 * writes 22 MB to the temporary folder at every start and leaves them there when it is killed.
 */
public final class Natives {
  private static final String ORT_FOLDER = "onnxruntime.native.path";
  private static final String GENAI_FOLDER = "onnxruntime-genai.native.path";

  /** Keeps the unpacked libraries of two releases apart. */
  private static final String VERSION = "1.29.0";

  private Natives() {}

  /** Sees to it that onnxruntime finds unpacked libraries; a folder that is set already stays. */
  static void prepareOnnxruntime() {
    Telemetry.forbid();
    prepare(ORT_FOLDER, "/ai/onnxruntime/native/", List.of("onnxruntime", "onnxruntime4j_jni"));
  }

  /**
   * The same for onnxruntime-genai, beside onnxruntime: two copies of that library in one process
   * would not know of each other. The environment is ours: it has the threads that sessions share.
   */
  public static void prepareGenai() {
    OrtRuntime.environment();
    prepare(
        GENAI_FOLDER,
        "/ai/onnxruntime/genai/native/",
        List.of("onnxruntime-genai", "onnxruntime-genai-jni"));
  }

  private static void prepare(String property, String resources, List<String> libraries) {
    if (System.getProperty(property) != null) {
      return;
    }
    String platform = platform();
    Path folder =
        UserCache.folder().resolve("natives").resolve("onnxruntime-" + VERSION + "-" + platform);
    try {
      for (String library : libraries) {
        unpack(resources + platform + "/" + System.mapLibraryName(library), folder);
      }
      System.setProperty(property, folder.toString());
    } catch (IOException ignored) {
      // no place to keep them: the library unpacks them itself, which is only slower
    }
  }

  /** As onnxruntime names them: {@code linux-x64}, {@code osx-aarch64}, {@code win-x64}. */
  public static String platform() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String os = system.contains("win") ? "win" : system.contains("mac") ? "osx" : "linux";
    String arch = System.getProperty("os.arch", "");
    return os + "-" + (arch.equals("amd64") || arch.equals("x86_64") ? "x64" : arch);
  }

  private static void unpack(String resource, Path folder) throws IOException {
    try (InputStream in = Natives.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("no library " + resource);
      }
      Path target = folder.resolve(resource.substring(resource.lastIndexOf('/') + 1));
      long size = Natives.class.getResource(resource).openConnection().getContentLengthLong();
      if (Files.isRegularFile(target) && Files.size(target) == size) {
        return;
      }
      Files.createDirectories(folder);
      Path temporary = Files.createTempFile(folder, ".unpack", "");
      Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
      // a second process may do the same: both move equal bytes
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
