package dev.slm.engine.check;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.engine.Engine;
import dev.slm.engine.Engines;
import dev.slm.engine.LoadSettings;
import dev.slm.engine.LoadedModel;
import dev.slm.engine.Sequence;
import dev.slm.model.GenerationSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The child process of {@link Probe}: loads, answers two tokens, and writes how it went. */
final class ProbeMain {
  /** Set in the child, so that it does not try in a child again. */
  static final String MARK = "slm.probe.child";

  private ProbeMain() {}

  public static void main(String[] arguments) throws IOException {
    System.setProperty(MARK, "true");
    Engine engine = Engines.load().find(arguments[0]);
    String verdict = Probe.GOOD;
    try (LoadedModel model =
            engine.load(Path.of(arguments[1]), new LoadSettings(1, 0), Progress.NONE);
        Sequence sequence = model.newSequence()) {
      sequence.generate(
          new int[] {0, 1, 0}, GenerationSettings.greedy(2), (_, _) -> true, Progress.NONE);
    } catch (Problem e) {
      verdict = e.getMessage();
    }
    Files.writeString(Path.of(arguments[2]), String.valueOf(verdict));
  }

  static boolean isChild() {
    return Boolean.getBoolean(MARK);
  }
}
