package dev.slm.engine.check;

import dev.slm.base.DurableFile;
import dev.slm.base.FileTree;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Loads a model in a process of its own first, and answers a token. Native code that a bad file
 * kills takes that process with it, not ours.
 */
public final class Probe {
  /** What the child writes when all went well. */
  static final String GOOD = "good";

  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final long LOOK_MILLIS = 50;
  private static final Pattern SIGNAL = Pattern.compile("#\\s+((?:SIG|EXCEPTION_)[A-Z_]+)");

  private Probe() {}

  /** Tries a model unless exactly these files were made or tried on this machine before. */
  public static void runIfNeeded(ModelCheck model, String engine, Progress progress) {
    boolean isKnown = model.isIntact() && Tried.contains(model.folder(), engine);
    if (!isKnown && !ProbeMain.isChild()) {
      run(model.folder(), engine, progress);
      Tried.add(model.folder(), engine);
    }
  }

  /** Returns when the folder's model loaded and answered in a child process. */
  public static void run(Path folder, String engine, Progress progress) {
    progress.start("trying it in a process of its own", 1, Progress.Unit.ITEMS);
    try {
      Path work = Files.createTempDirectory("slm-probe");
      try {
        judge(folder, work, outcome(command(folder, engine, work), work, progress));
      } finally {
        FileTree.delete(work);
      }
    } catch (IOException e) {
      throw Problem.failed("cannot start a process to try '" + folder + "'")
          .why(DurableFile.reason(e))
          .causedBy(e);
    }
    progress.advance(1);
  }

  private static List<String> command(Path folder, String engine, Path work) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String natives = System.getProperty("onnxruntime.native.path", "");
    return Stream.of(
            java,
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=" + work.resolve("crash.log"),
            // what a process that dies leaves behind goes away with its folder
            "-Djava.io.tmpdir=" + work,
            "--enable-native-access=ALL-UNNAMED",
            natives.isEmpty() ? "" : "-Donnxruntime.native.path=" + natives,
            ProbeMain.class.getName(),
            engine,
            folder.toAbsolutePath().toString(),
            work.resolve("verdict").toString())
        .filter(argument -> !argument.isEmpty())
        .toList();
  }

  /** The child's exit status, -1 when it took too long. */
  private static int outcome(List<String> command, Path work, Progress progress)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(work.resolve("output").toFile());
    // not on the command line: onnxruntime 1.29 overflows its stack when that has 4,000 characters
    builder.environment().put("CLASSPATH", classPath());
    Process child = builder.start();
    long end = System.nanoTime() + LIMIT.toNanos();
    try {
      while (!child.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        progress.checkCancelled();
        if (System.nanoTime() > end) {
          return -1;
        }
      }
      return child.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.interrupted();
    } finally {
      child.destroyForcibly();
    }
  }

  /** Ours, with absolute entries, because the child works in another folder. */
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> !entry.isEmpty())
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static void judge(Path folder, Path work, int status) throws IOException {
    Path verdict = work.resolve("verdict");
    String text = Files.exists(verdict) ? Files.readString(verdict) : "";
    if (text.equals(GOOD)) {
      return;
    }
    if (!text.isEmpty()) {
      throw Problem.badFile(Shown.reason(text)).next("doctor " + folder);
    }
    String how =
        status < 0 ? "took longer than " + LIMIT.toMinutes() + " min" : signal(work, status);
    throw Problem.badFile("model process died (" + how + ") while loading '" + folder + "'")
        .why("the shell is fine; the model is not loaded")
        .next("doctor " + folder);
  }

  private static String signal(Path work, int status) throws IOException {
    Path output = work.resolve("output");
    // bytes of a dying process need not be text
    String text = new String(Files.readAllBytes(output), StandardCharsets.ISO_8859_1);
    Matcher matcher = SIGNAL.matcher(text);
    if (matcher.find()) {
      return matcher.group(1) + " in " + (text.contains("onnxruntime") ? "onnxruntime" : "the JVM");
    }
    return "exit status " + status;
  }
}
