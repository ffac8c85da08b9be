package dev.slm.bench;

import dev.slm.engine.ort.Natives;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** Native libraries unpacked before anything is measured, as an installation has them. */
final class Libraries {
  private static final String ORT = "/ai/onnxruntime/native/" + Natives.platform() + "/";
  private static final String GENAI = "/ai/onnxruntime/genai/native/" + Natives.platform() + "/";
  private static final String LLAMA = "/de/kherud/llama/Linux/x86_64/";

  private Libraries() {}

  /** Unpacks what the class path has, and gives the options by which each library finds its own. */
  static List<String> unpack(Path folder) throws IOException {
    Files.createDirectories(folder);
    unpack(ORT, folder, "onnxruntime", "onnxruntime4j_jni");
    unpack(GENAI, folder, "onnxruntime-genai", "onnxruntime-genai-jni");
    List<String> options = new ArrayList<>();
    options.add("-Donnxruntime.native.path=" + folder);
    options.add("-Donnxruntime-genai.native.path=" + folder);
    if (unpack(LLAMA, folder, "jllama")) {
      options.add("-Dde.kherud.llama.lib.path=" + folder);
    }
    return options;
  }

  private static boolean unpack(String resources, Path folder, String... names) throws IOException {
    boolean isThere = true;
    for (String name : names) {
      String file = System.mapLibraryName(name);
      try (InputStream in = Libraries.class.getResourceAsStream(resources + file)) {
        if (in != null) {
          Files.copy(in, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        isThere &= in != null;
      }
    }
    return isThere;
  }
}
