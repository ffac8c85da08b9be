package dev.slm.shell;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a command is called, what it takes, what it does; help and completion come from here. */
public final class CommandSpec {
  /** What a command does. */
  public interface Action {
    void run(Call call) throws IOException, InterruptedException;
  }

  /** A line to type, with what it does. */
  record Example(String line, String says) {}

  private final String name;
  private final String group;
  private final String says;
  private final String more;
  private final List<String> aliases;
  private final Map<String, String> aliasesWhen;
  private final List<Argument> arguments;
  private final List<Option> options;
  private final List<Example> examples;
  private final boolean isHidden;
  private final boolean keepsOutcome;
  private final boolean converses;
  private final Action action;

  private CommandSpec(Builder builder, Action action) {
    this.name = builder.name;
    this.group = builder.group;
    this.says = builder.says;
    this.more = builder.more;
    this.aliases = List.copyOf(builder.aliases);
    this.aliasesWhen = Map.copyOf(builder.aliasesWhen);
    this.arguments = List.copyOf(builder.arguments);
    this.options = List.copyOf(builder.options);
    this.examples = List.copyOf(builder.examples);
    this.isHidden = builder.isHidden;
    this.keepsOutcome = builder.keepsOutcome;
    this.converses = builder.converses;
    this.action = action;
  }

  /** Begins a command; nouns and verbs are separated by one blank. */
  public static Builder named(String name) {
    return new Builder(name);
  }

  String name() {
    return name;
  }

  String group() {
    return group;
  }

  String says() {
    return says;
  }

  String more() {
    return more;
  }

  List<String> aliases() {
    return aliases;
  }

  /** Aliases that count only when the line carries an option, by alias. */
  Map<String, String> aliasesWhen() {
    return aliasesWhen;
  }

  List<Argument> arguments() {
    return arguments;
  }

  List<Option> options() {
    return options;
  }

  List<Example> examples() {
    return examples;
  }

  boolean isHidden() {
    return isHidden;
  }

  /** Whether the command before stays the last one for {@code expect}. */
  boolean keepsOutcome() {
    return keepsOutcome;
  }

  /** Whether it takes the lines that follow for what people say, when it has no arguments. */
  boolean converses() {
    return converses;
  }

  Action action() {
    return action;
  }

  Optional<Option> option(String typed) {
    return options.stream().filter(option -> option.isNamed(typed)).findFirst();
  }

  /** {@code cache remove NAME [--yes]}. */
  String usage() {
    StringBuilder text = new StringBuilder(name);
    arguments.forEach(argument -> text.append(' ').append(argument.usage()));
    if (!options.isEmpty()) {
      text.append(" [OPTIONS]");
    }
    return text.toString();
  }

  /** Collects what a command is; {@link #runs} ends it. */
  public static final class Builder {
    private final String name;
    private String group = "Other";
    private String says = "";
    private String more = "";
    private final List<String> aliases = new ArrayList<>();
    private final Map<String, String> aliasesWhen = new LinkedHashMap<>();
    private final List<Argument> arguments = new ArrayList<>();
    private final List<Option> options = new ArrayList<>();
    private final List<Example> examples = new ArrayList<>();
    private boolean isHidden;
    private boolean keepsOutcome;
    private boolean converses;

    private Builder(String name) {
      this.name = name;
    }

    /** Other spellings, accepted silently. */
    public Builder aliases(String... names) {
      aliases.addAll(Arrays.asList(names));
      return this;
    }

    /** A spelling that means this command only when the line carries an option. */
    public Builder aliasWhen(String alias, String option) {
      aliasesWhen.put(alias, option);
      return this;
    }

    /** The heading it stands under in help. */
    public Builder group(String heading) {
      this.group = heading;
      return this;
    }

    /** One sentence. */
    public Builder says(String sentence) {
      this.says = sentence;
      return this;
    }

    /** Further lines for {@code help COMMAND}. */
    public Builder more(String lines) {
      this.more = lines;
      return this;
    }

    /** A positional argument that must be there. */
    public Builder argument(String argument, String words, Values values) {
      return add(argument, words, values, Argument.Count.ONE);
    }

    public Builder optionalArgument(String argument, String words, Values values) {
      return add(argument, words, values, Argument.Count.OPTIONAL);
    }

    /** One or more words. */
    public Builder someArguments(String argument, String words, Values values) {
      return add(argument, words, values, Argument.Count.SOME);
    }

    /** No, one or more words. */
    public Builder anyArguments(String argument, String words, Values values) {
      return add(argument, words, values, Argument.Count.ANY);
    }

    /**
     * An option with a value.
     *
     * @param names one or more, such as {@code "--prompt -p"}; the first is shown
     */
    public Builder option(String names, String valueName, String words, Values values) {
      options.add(Option.of(names, valueName, words, values));
      return this;
    }

    /** An option without a value. */
    public Builder flag(String names, String words) {
      options.add(Option.of(names, "", words, Values.any()));
      return this;
    }

    public Builder json() {
      return flag("--json", "print JSON");
    }

    public Builder example(String line, String sentence) {
      examples.add(new Example(line, sentence));
      return this;
    }

    /** Works, but stands in no list. */
    public Builder hidden() {
      isHidden = true;
      return this;
    }

    /** The command before stays the one that {@code expect} looks at. */
    Builder keepsOutcome() {
      keepsOutcome = true;
      return this;
    }

    /** Without arguments it takes the lines that follow, until one leaves the chat. */
    Builder converses() {
      converses = true;
      return this;
    }

    public CommandSpec runs(Action action) {
      return new CommandSpec(this, action);
    }

    private Builder add(String argument, String words, Values values, Argument.Count count) {
      if (!arguments.isEmpty()) {
        Argument.Count last = arguments.getLast().count();
        if (last.isMany() || (!last.isRequired() && count.isRequired())) {
          throw new IllegalArgumentException(
              name + ": " + argument + " cannot follow " + arguments.getLast().usage());
        }
      }
      arguments.add(new Argument(argument, words, values, count));
      return this;
    }
  }
}
