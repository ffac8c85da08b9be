package dev.slm.shell;

import dev.slm.base.DurableFile;
import dev.slm.base.Problem;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.shell.core.InputReader;
import org.springframework.shell.core.command.Command;
import org.springframework.shell.core.command.CommandContext;
import org.springframework.shell.core.command.CommandExecutionException;
import org.springframework.shell.core.command.CommandExecutor;
import org.springframework.shell.core.command.CommandNotFoundException;
import org.springframework.shell.core.command.CommandRegistry;
import org.springframework.shell.core.command.ParsedInput;

/** Runs lines: finds the command, runs it, turns whatever goes wrong into a problem. */
public final class Shell {
  // commands print through the screen; the executor's own channel stays unused
  private static final PrintWriter NOWHERE = new PrintWriter(Writer.nullWriter());
  private static final InputReader NOBODY = new InputReader() {};

  private final Console console;
  private final CommandIndex index;
  private final WordParser parser;
  private final CommandRegistry registry;
  private final CommandExecutor executor;
  private final BugLog bugs;
  private final HistoryFile history;
  private final Variables variables = new Variables();
  private final ScriptRunner scripts = new ScriptRunner(this);
  private Outcome last = Outcome.NONE;

  /**
   * @param folders where logs and the history are kept
   */
  public Shell(Console console, List<? extends CommandGroup> groups, Folders folders) {
    this.console = console;
    this.bugs = new BugLog(folders.state());
    this.history = new HistoryFile(folders.history());
    List<CommandSpec> specs =
        Stream.concat(groups.stream(), ownGroups())
            .flatMap(group -> group.commands().stream())
            .toList();
    this.index = new CommandIndex(specs);
    this.parser = new WordParser(index);
    Set<Command> commands =
        specs.stream()
            .map(spec -> new SpecCommand(spec, console, index))
            .collect(Collectors.toSet());
    this.registry = new CommandRegistry(commands);
    this.executor = new CommandExecutor(registry);
  }

  private Stream<CommandGroup> ownGroups() {
    return Stream.of(
        new ScriptCommands(this), new TranscriptCommands(), new ShellCommands(this, history));
  }

  public Console console() {
    return console;
  }

  CommandIndex index() {
    return index;
  }

  Variables variables() {
    return variables;
  }

  ScriptRunner scripts() {
    return scripts;
  }

  /** What the last command did. */
  Outcome last() {
    return last;
  }

  /** Runs a line and shows what goes wrong; the exit status. */
  public int run(String line) {
    return shown(() -> execute(Words.split(line, variables::get).complete()));
  }

  /** Runs words that are split already and shows what goes wrong; the exit status. */
  public int run(List<String> words) {
    return shown(() -> execute(words));
  }

  /**
   * Finds the mistakes of a line that can be found without running it.
   *
   * @return whether the lines that follow are a conversation
   */
  boolean check(String line) {
    boolean isFilledInLater = line.contains("${");
    List<String> words = atMeansScript(Words.split(line, name -> "1").complete());
    if (words.isEmpty()) {
      return false;
    }
    Optional<CommandIndex.Match> match = index.find(words);
    if (isFilledInLater) {
      CommandSpec spec = match.orElseThrow(() -> index.unknown(words)).spec();
      // whether a word that is filled in is an argument is seen when it runs
      return spec.converses() && words.size() == match.get().words();
    }
    ParsedInput parsed = parser.parse(words);
    return match.filter(found -> found.spec().converses()).isPresent()
        && parsed.arguments().isEmpty();
  }

  /** Runs every line of a pipe, whatever fails; the status of the first failure. */
  int runPiped(ScriptLines lines) {
    try {
      Problem first = scripts.run(lines, new ScriptRunner.Options(true, false)).first();
      if (first != null && first.status() == Problem.Status.INTERRUPTED) {
        throw first;
      }
      return first == null ? 0 : first.status().code();
    } catch (Problem problem) {
      console.screen().problem(problem);
      return problem.status().code();
    }
  }

  /** Runs a line; what goes wrong is the caller's to show. */
  void execute(String line) {
    execute(Words.split(line, variables::get).complete());
  }

  /** Runs words that are split already; what goes wrong is the caller's to show. */
  public void execute(List<String> words) {
    if (words.isEmpty()) {
      return;
    }
    console.transcript().ifPresent(written -> written.command(words));
    Recorder recorder = new Recorder();
    console.screen().listen(recorder);
    console.cancellation().begin();
    try {
      perform(atMeansScript(words));
      keep(recorder.outcome(null), words);
    } catch (Problem problem) {
      keep(recorder.outcome(problem), words);
      throw problem;
    } finally {
      console.screen().clearLive();
      console.screen().unlisten(recorder);
      console.cancellation().end();
    }
  }

  private void keep(Outcome outcome, List<String> words) {
    boolean isCheck = index.find(words).filter(match -> match.spec().keepsOutcome()).isPresent();
    last = isCheck ? last : outcome;
  }

  private void perform(List<String> words) {
    try {
      executor.execute(new CommandContext(parser.parse(words), registry, NOWHERE, NOBODY));
    } catch (CommandExecutionException e) {
      throw problem(e.getCause() == null ? e : e.getCause(), words);
    } catch (CommandNotFoundException e) {
      throw new IllegalStateException("parsed but not registered: " + words, e);
    } catch (VirtualMachineError | LinkageError | AssertionError e) {
      throw problem(e, words);
    }
  }

  /** {@code @FILE} is {@code script FILE}. */
  private static List<String> atMeansScript(List<String> words) {
    String first = words.getFirst();
    if (!first.startsWith("@") || first.length() == 1) {
      return words;
    }
    List<String> meant = new ArrayList<>(words);
    meant.set(0, first.substring(1));
    meant.addFirst("script");
    return meant;
  }

  private int shown(Runnable work) {
    try {
      work.run();
      return 0;
    } catch (Problem problem) {
      console.screen().problem(problem);
      return problem.status().code();
    } finally {
      console.transcript().ifPresent(Transcript::ended);
    }
  }

  private Problem problem(Throwable cause, List<String> words) {
    if (console.cancellation().isRequested() || cause instanceof InterruptedException) {
      return Problem.interrupted();
    }
    return switch (cause) {
      case Problem problem -> problem;
      case UncheckedIOException e when e.getCause() != null -> failed(e.getCause());
      case IOException e -> failed(e);
      case OutOfMemoryError e ->
          Problem.failed("not enough memory")
              .why(String.valueOf(e.getMessage()))
              .next("model unload --all, or start slm with SLM_JAVA_OPTS=-Xmx8g")
              .causedBy(e);
      default -> bugs.record(cause, String.join(" ", Secrets.mask(words)));
    };
  }

  private static Problem failed(IOException e) {
    return Problem.failed(DurableFile.reason(e)).causedBy(e);
  }
}
