package dev.slm.shell;

import java.util.List;
import java.util.Optional;

/** The commands of the shell itself. */
final class ShellCommands implements CommandGroup {
  private static final String GROUP = "Shell";

  private static final int SHOWN_LINES = 50;

  private final Shell shell;
  private final HistoryFile history;

  ShellCommands(Shell shell, HistoryFile history) {
    this.shell = shell;
    this.history = history;
  }

  @Override
  public List<CommandSpec> commands() {
    return List.of(help(), history(), clear(), version(), exit());
  }

  private CommandSpec help() {
    return CommandSpec.named("help")
        .aliases("?")
        .group(GROUP)
        .says("Lists the commands, or explains one.")
        .anyArguments(
            "COMMAND", "what to explain", Values.names(() -> shell.index().nextWords(List.of())))
        .flag("--all", "say of every command what it does")
        .flag("--markdown", "print all of it as Markdown")
        .example("help cache ls", "what 'cache ls' takes, with examples")
        .runs(this::printHelp);
  }

  private void printHelp(Call call) {
    List<String> words = call.arguments("COMMAND");
    if (call.flag("markdown")) {
      new CommandReference(shell.index()).lines().forEach(call.screen()::line);
      return;
    }
    HelpText help = new HelpText(shell.index(), call.screen().lineWidth());
    if (words.isEmpty()) {
      (call.flag("all") ? help.all() : help.overview()).forEach(call.screen()::line);
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

  private CommandSpec history() {
    return CommandSpec.named("history")
        .group(GROUP)
        .says("Lists the lines you typed; lines with a token or key are never kept.")
        .option("--last -n", "N", "how many", Values.whole(1, 1_000_000))
        .flag("--clear", "forget all of them")
        .example("history -n 10", "the last ten")
        .runs(
            call -> {
              if (call.flag("clear")) {
                history.clear();
                call.console().forgetHistory();
                return;
              }
              List<String> lines = history.lines();
              int first = Math.max(0, lines.size() - call.whole("last", SHOWN_LINES));
              lines.subList(first, lines.size()).forEach(call.screen()::line);
            });
  }

  private static CommandSpec clear() {
    return CommandSpec.named("clear")
        .aliases("cls")
        .group(GROUP)
        .says("Clears the screen.")
        .runs(call -> call.screen().clear());
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
