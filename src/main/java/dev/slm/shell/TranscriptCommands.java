package dev.slm.shell;

import dev.slm.base.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes the session down. */
final class TranscriptCommands implements CommandGroup {
  private static final String GROUP = "Shell";

  @Override
  public List<CommandSpec> commands() {
    return List.of(
        CommandSpec.named("transcript start")
            .group(GROUP)
            .says("Writes commands and answers to a Markdown file from now on.")
            .argument("FILE", "the Markdown file", Values.files())
            .flag("--append", "write behind what is in the file")
            .example("transcript start demo.md", "until 'transcript stop' or the end")
            .runs(TranscriptCommands::start),
        CommandSpec.named("transcript stop")
            .group(GROUP)
            .says("Ends the transcript.")
            .runs(TranscriptCommands::stop));
  }

  private static void start(Call call) {
    Path file = call.path("FILE");
    call.console()
        .transcript()
        .ifPresent(
            running -> {
              throw Problem.usage("a transcript is being written to '" + running.file() + "'")
                  .next("transcript stop");
            });
    if (Files.exists(file) && !call.flag("append")) {
      throw Problem.usage("'" + file + "' exists")
          .next("transcript start " + Words.quote(file.toString()) + " --append");
    }
    call.console().write(Transcript.start(file, "slm session"));
    call.screen().note("writing to '" + file + "'");
  }

  private static void stop(Call call) {
    Transcript running =
        call.console()
            .transcript()
            .orElseThrow(
                () ->
                    Problem.usage("no transcript is being written").next("transcript start FILE"));
    call.console().write(null);
    call.screen().note("written to '" + running.file() + "'");
  }
}
