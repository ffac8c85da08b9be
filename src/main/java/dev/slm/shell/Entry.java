package dev.slm.shell;

import dev.slm.base.Problem;
import dev.slm.base.Settings;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jline.terminal.Terminal;
import org.jline.utils.InfoCmp;

/** Decides how the shell is used: one command, lines from a pipe, or a person at a prompt. */
public final class Entry {
  /** Makes the shell once it is known what it talks through. */
  public interface Wiring {
    Shell shell(Console console);
  }

  private final Folders folders;
  private final Settings settings;
  private final Map<String, String> environment;
  private final ResultStream results = new ResultStream();

  public Entry(Folders folders, Settings settings, Map<String, String> environment) {
    this.folders = folders;
    this.settings = settings;
    this.environment = environment;
  }

  /** Runs until the end; the exit status. */
  public int run(List<String> words, Wiring wiring, Supplier<Text> prompt) {
    List<String> command = withoutSettings(words);
    boolean isTyped = Terminals.isTerminal(Terminals.IN);
    if (!command.isEmpty()) {
      return oneShot(command, wiring, isTyped);
    }
    return isTyped && Terminals.isTerminal(Terminals.OUT)
        ? converse(wiring, prompt)
        : piped(wiring);
  }

  /** Takes {@code --set NAME=VALUE} and {@code --plain} from the front; they hold for this run. */
  private List<String> withoutSettings(List<String> words) {
    int at = 0;
    while (at < words.size()
        && (words.get(at).equals("--plain") || words.get(at).equals("--set"))) {
      if (words.get(at).equals("--plain")) {
        settings.override(Settings.PLAIN, "true");
        at++;
      } else {
        String assignment = at + 1 < words.size() ? words.get(at + 1) : "";
        int equals = assignment.indexOf('=');
        if (equals < 1) {
          throw Problem.usage("'--set' needs NAME=VALUE").next("config list");
        }
        settings.override(
            Settings.named(assignment.substring(0, equals)), assignment.substring(equals + 1));
        at += 2;
      }
    }
    return words.subList(at, words.size());
  }

  /** A screen before anything else is known, for the problem that keeps the shell from starting. */
  public static Screen emergency() {
    return screen(new ResultStream(), false);
  }

  private int oneShot(List<String> words, Wiring wiring, boolean isTyped) {
    Screen screen = plainScreen();
    boolean answers = isTyped && Terminals.isTerminal(Terminals.ERR);
    Console console =
        new Console(screen, new StreamInput(standardInput(), screen, answers, isTyped));
    stopOnSignal(console);
    return results.check(wiring.shell(console).run(words), screen);
  }

  private int piped(Wiring wiring) {
    Screen screen = plainScreen();
    ScriptLines lines = new ScriptLines("stdin", standardInput());
    Console console = new Console(screen, lines);
    stopOnSignal(console);
    return results.check(wiring.shell(console).runPiped(lines), screen);
  }

  private int converse(Wiring wiring, Supplier<Text> prompt) {
    Prompt input = Prompt.open(folders.history());
    Terminal terminal = input.terminal();
    Integer colours = terminal.getNumericCapability(InfoCmp.Capability.max_colors);
    Screen.Looks looks = new Screen.Looks(true, colours != null && colours >= 8 && wantsColour());
    boolean sharesErr = Terminals.isTerminal(Terminals.ERR);
    Screen screen =
        new Screen(
            terminal.writer(),
            looks,
            sharesErr ? terminal.writer() : writer(new FileOutputStream(FileDescriptor.err)),
            sharesErr ? looks : Screen.Looks.PLAIN,
            () -> terminal.getSize().getColumns());
    screen.setPlain(settings.get(Settings.PLAIN));
    input.converse(wiring.shell(new Console(screen, input)), prompt);
    return 0;
  }

  private Screen plainScreen() {
    Screen screen = screen(results, wantsColour());
    screen.setPlain(settings.get(Settings.PLAIN));
    return screen;
  }

  private static Screen screen(ResultStream results, boolean wantsColour) {
    return new Screen(
        writer(results),
        looks(Terminals.OUT, wantsColour),
        writer(new FileOutputStream(FileDescriptor.err)),
        looks(Terminals.ERR, wantsColour),
        Lazy.of(Terminals::columns)::get);
  }

  private static Screen.Looks looks(int stream, boolean wantsColour) {
    boolean isTerminal = Terminals.isTerminal(stream);
    return new Screen.Looks(isTerminal, isTerminal && wantsColour);
  }

  // https://no-color.org
  private boolean wantsColour() {
    return environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !environment.getOrDefault("TERM", "dumb").equals("dumb");
  }

  private static void stopOnSignal(Console console) {
    Runnable stop =
        () -> {
          boolean wasAsked = console.cancellation().isRequested();
          if (wasAsked || !console.cancellation().request()) {
            Runtime.getRuntime().halt(Problem.Status.INTERRUPTED.code());
          }
        };
    Signals.register("INT", stop);
    // systems that shut down, and tools that stop a job: nothing half made is left for them either
    Signals.register("TERM", stop);
  }

  private static BufferedReader standardInput() {
    return new BufferedReader(
        new InputStreamReader(new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8));
  }

  private static PrintWriter writer(OutputStream bytes) {
    return new PrintWriter(new OutputStreamWriter(bytes, charset()));
  }

  /** UTF-8 wherever the console of an old Windows does not say otherwise. */
  private static Charset charset() {
    if (!System.getProperty("os.name", "").startsWith("Windows")) {
      return StandardCharsets.UTF_8;
    }
    return Optional.ofNullable(System.console())
        .map(java.io.Console::charset)
        .orElse(StandardCharsets.UTF_8);
  }
}
