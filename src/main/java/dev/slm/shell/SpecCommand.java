package dev.slm.shell;

import java.util.List;
import org.springframework.shell.core.command.Command;
import org.springframework.shell.core.command.CommandContext;
import org.springframework.shell.core.command.CommandOption;
import org.springframework.shell.core.command.ExitStatus;

/** A declared command as the executor runs it. */
final class SpecCommand implements Command {
  private final CommandSpec spec;
  private final Console console;
  private final CommandIndex index;

  SpecCommand(CommandSpec spec, Console console, CommandIndex index) {
    this.spec = spec;
    this.console = console;
    this.index = index;
  }

  @Override
  public String getName() {
    return spec.name();
  }

  @Override
  public String getDescription() {
    return spec.says();
  }

  @Override
  public String getGroup() {
    return spec.group();
  }

  @Override
  public List<String> getAliases() {
    return spec.aliases();
  }

  @Override
  public List<CommandOption> getOptions() {
    return spec.options().stream()
        .map(
            option ->
                CommandOption.with()
                    .longName(option.name())
                    .description(option.says())
                    .type(option.isFlag() ? boolean.class : String.class)
                    .build())
        .toList();
  }

  @Override
  public ExitStatus execute(CommandContext context) throws Exception {
    Call call = new Call(spec, context.parsedInput(), console);
    boolean wasPlain = console.screen().isPlain();
    console.screen().setPlain(wasPlain || call.flag("plain"));
    try {
      if (call.flag("help")) {
        new HelpText(index, console.screen().lineWidth())
            .about(spec)
            .forEach(console.screen()::line);
      } else {
        spec.action().run(call);
      }
      return ExitStatus.OK;
    } finally {
      console.screen().setPlain(wasPlain);
    }
  }
}
