package dev.slm.shell;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.base.SafeText;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.shell.core.command.CommandArgument;
import org.springframework.shell.core.command.CommandOption;
import org.springframework.shell.core.command.ParsedInput;

/** One run of a command: what was typed, and what the command talks through. */
public final class Call {
  private final CommandSpec spec;
  private final Console console;
  private final List<String> arguments;
  private final List<CommandOption> options;

  Call(CommandSpec spec, ParsedInput input, Console console) {
    this.spec = spec;
    this.console = console;
    this.arguments = input.arguments().stream().map(CommandArgument::value).toList();
    this.options = input.options();
  }

  /** The value of a required argument. */
  public String argument(String name) {
    return optional(name)
        .orElseThrow(() -> new IllegalStateException(spec.name() + " without " + name));
  }

  /** The value of an argument that may be missing. */
  public Optional<String> optional(String name) {
    return arguments(name).stream().findFirst();
  }

  /** All values of an argument that takes several. */
  public List<String> arguments(String name) {
    int position = position(name);
    if (position >= arguments.size()) {
      return List.of();
    }
    boolean isMany = spec.arguments().get(position).count().isMany();
    return arguments.subList(position, isMany ? arguments.size() : position + 1);
  }

  /** The value of a path argument, with {@code ~} resolved. */
  public Path path(String name) {
    return Paths.of(argument(name));
  }

  /** The value of an option, named without dashes; the last one when it was given twice. */
  public Optional<String> option(String name) {
    List<String> all = options(name);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
  }

  public String option(String name, String otherwise) {
    return option(name).orElse(otherwise);
  }

  /** Every value of an option that may be given several times. */
  public List<String> options(String name) {
    String declared = declared(name);
    return options.stream()
        .filter(option -> declared.equals(option.longName()))
        .map(CommandOption::value)
        .toList();
  }

  public boolean flag(String name) {
    return option(name).isPresent();
  }

  /** The value of an option declared with {@link Values#whole}. */
  public OptionalInt whole(String name) {
    Optional<String> text = option(name);
    return text.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text.get()));
  }

  public int whole(String name, int otherwise) {
    return whole(name).orElse(otherwise);
  }

  /** The value of an option declared with {@link Values#whole} beyond the range of int. */
  public OptionalLong large(String name) {
    Optional<String> text = option(name);
    return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text.get()));
  }

  /** The value of an option declared with {@link Values#number}. */
  public OptionalDouble number(String name) {
    Optional<String> text = option(name);
    return text.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(Double.parseDouble(text.get()));
  }

  /** The value of a path option, with {@code ~} resolved. */
  public Optional<Path> pathOption(String name) {
    return option(name).map(Paths::of);
  }

  public Screen screen() {
    return console.screen();
  }

  public Console console() {
    return console;
  }

  /** Shows what long work does on standard error; Ctrl-C cancels it. */
  public Progress progress() {
    return console.progress();
  }

  /** What the command reads: the person at the keyboard, the rest of a pipe or of a script. */
  public Input input() {
    return console.input();
  }

  public boolean isCancelled() {
    return console.cancellation().isRequested();
  }

  public void checkCancelled() {
    if (isCancelled()) {
      throw Problem.interrupted();
    }
  }

  /**
   * Asks yes or no; {@code --yes} (declare the flag) answers it. Where nobody can answer, the
   * option is required.
   */
  public boolean confirm(String question) {
    if (spec.option("--yes").isPresent() && flag("yes")) {
      return true;
    }
    if (!input().isInteractive()) {
      throw Problem.usage(question + " nobody is here to answer").next(typed() + " --yes");
    }
    String answer = input().line(question + " [y/N] ").orElse("").strip();
    return answer.equalsIgnoreCase("y") || answer.equalsIgnoreCase("yes");
  }

  /** The command with its arguments, to be typed again. */
  private String typed() {
    return Stream.concat(Stream.of(spec.name()), arguments.stream().map(SafeText::word))
        .collect(Collectors.joining(" "));
  }

  private int position(String name) {
    List<Argument> declared = spec.arguments();
    for (int i = 0; i < declared.size(); i++) {
      if (declared.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException(spec.name() + " declares no argument " + name);
  }

  private String declared(String name) {
    return spec.option("--" + name)
        .or(() -> spec.option("-" + name))
        .or(() -> name.equals("plain") ? Optional.of(WordParser.PLAIN) : Optional.empty())
        .or(() -> name.equals("help") ? Optional.of(WordParser.HELP) : Optional.empty())
        .orElseThrow(
            () -> new IllegalArgumentException(spec.name() + " declares no option " + name))
        .name();
  }
}
