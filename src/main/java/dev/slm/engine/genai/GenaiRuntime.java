package dev.slm.engine.genai;

import ai.onnxruntime.genai.Model;
import dev.slm.engine.check.Shown;
import dev.slm.engine.ort.Natives;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;

/** Whether the native library of onnxruntime-genai can be used on this machine. */
final class GenaiRuntime {
  /** Platforms that the jar has libraries for. */
  private static final Set<String> PLATFORMS = Set.of("linux-x64", "osx-aarch64", "win-x64");

  /** What the Linux library was linked against. */
  private static final int[] NEEDED_GLIBC = {2, 38};

  private GenaiRuntime() {}

  /** Why it cannot, in one line; empty when it can. Loads nothing. */
  static String unavailable() {
    if (!PLATFORMS.contains(Natives.platform())) {
      return "onnxruntime-genai has no library for " + Natives.platform();
    }
    return Natives.platform().startsWith("linux") ? glibcMistake(glibc()) : "";
  }

  static String glibcMistake(String version) {
    String[] parts = version.split("\\.", -1);
    try {
      int major = Integer.parseInt(parts[0]);
      int minor = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
      boolean isNewEnough =
          major > NEEDED_GLIBC[0] || (major == NEEDED_GLIBC[0] && minor >= NEEDED_GLIBC[1]);
      return isNewEnough
          ? ""
          : "onnxruntime-genai needs glibc %d.%d, this system has %s"
              .formatted(NEEDED_GLIBC[0], NEEDED_GLIBC[1], version);
    } catch (NumberFormatException e) {
      return "onnxruntime-genai needs glibc, this system has another C library";
    }
  }

  /** Loads the native library; a failure's reason in one line, or empty. */
  static String load() {
    return Holder.FAILURE;
  }

  /** The C library's version as it tells it, empty when it is not glibc. */
  @SuppressWarnings("restricted") // a call without arguments that returns a constant text
  private static String glibc() {
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find("gnu_get_libc_version")
        .map(
            function -> {
              try {
                MemorySegment text =
                    (MemorySegment)
                        linker
                            .downcallHandle(function, FunctionDescriptor.of(ValueLayout.ADDRESS))
                            .invokeExact();
                return text.reinterpret(32).getString(0);
              } catch (Throwable e) {
                return "";
              }
            })
        .orElse("");
  }

  private static final class Holder {
    static final String FAILURE = tryLoading();

    private static String tryLoading() {
      try {
        Natives.prepareGenai();
        // the class loads the library when it is initialized
        Class.forName(Model.class.getName());
        return "";
      } catch (ClassNotFoundException | LinkageError | RuntimeException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return Shown.reason(String.valueOf(cause.getMessage()));
      }
    }
  }
}
