package dev.slm.shell;

import java.util.List;
import java.util.Optional;

/** The commands of the shell itself. */
final class ShellCommands implements CommandGroup {
  private static final String GROUP = "Shell";

  private final Shell shell;

  ShellCommands(Shell shell) {
    this.shell = shell;
  }

  @Override
  public List<CommandSpec> commands() {
    return List.of(help(), exit(), version());
  }

  private CommandSpec help() {
    return CommandSpec.named("help")
        .aliases("?")
        .group(GROUP)
        .says("Lists the commands, or explains one.")
        .anyArguments(
            "COMMAND", "what to explain", Values.names(() -> shell.index().nextWords(List.of())))
        .example("help cache ls", "what 'cache ls' takes, with examples")
        .runs(this::printHelp);
  }

  private void printHelp(Call call) {
    List<String> words = call.arguments("COMMAND");
    HelpText help = new HelpText(shell.index());
    if (words.isEmpty()) {
      help.overview().forEach(call.screen()::line);
      return;
    }
    Optional<CommandIndex.Match> match = shell.index().find(words);
    List<CommandSpec> verbs = shell.index().under(words);
    if (match.isPresent()) {
      help.about(match.get().spec()).forEach(call.screen()::line);
    } else if (verbs.isEmpty()) {
      throw shell.index().unknown(words);
    }
    help.under(verbs).forEach(call.screen()::line);
  }

  private CommandSpec exit() {
    return CommandSpec.named("exit")
        .aliases("quit", "bye")
        .group(GROUP)
        .says("Leaves the shell; Ctrl-D does the same.")
        .runs(call -> call.console().leave());
  }

  private static CommandSpec version() {
    return CommandSpec.named("version")
        .aliases("--version")
        .group(GROUP)
        .says("Prints the version.")
        .runs(call -> call.screen().line("slm " + Version.text()));
  }
}
