package dev.slm.shell;

import dev.slm.base.DurableFile;
import dev.slm.base.Problem;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Makes the program known under the name that Foundry Local's clients look for. */
public final class LauncherCommands implements CommandGroup {
  private final Map<String, String> environment;
  private final Path home;

  public LauncherCommands(Map<String, String> environment, Path home) {
    this.environment = environment;
    this.home = home;
  }

  @Override
  public List<CommandSpec> commands() {
    return List.of(
        CommandSpec.named("install-foundry-launcher")
            .group("Service")
            .says("Links this program as 'foundry', which clients of Foundry Local start.")
            .option("--folder", "DIR", "where to; ~/.local/bin unless set", Values.any())
            .example("install-foundry-launcher", "then 'foundry service status' works")
            .runs(this::install));
  }

  private void install(Call call) {
    String launcher = System.getProperty("slm.launcher", "");
    if (launcher.isEmpty()) {
      throw Problem.failed("the program was not started by its launcher")
          .next("./slm install-foundry-launcher");
    }
    Path folder = call.pathOption("folder").orElse(home.resolve(".local/bin"));
    Path link = folder.resolve(FoundryFront.NAME);
    refuseForeign(link, Path.of(launcher));
    try {
      Files.createDirectories(folder);
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, Path.of(launcher));
    } catch (IOException | UnsupportedOperationException e) {
      throw e instanceof IOException io
          ? DurableFile.cannotWrite(link, io)
          : Problem.failed("this system has no links").causedBy(e);
    }
    call.screen().line("'foundry' is " + link);
    if (!isOnPath(folder)) {
      call.screen().warn("'" + folder + "' is not on your PATH, so clients will not find it");
    }
  }

  /** A real Foundry Local, or whatever else bears the name, is not ours to replace. */
  private static void refuseForeign(Path link, Path launcher) {
    try {
      boolean isOurs =
          Files.isSymbolicLink(link)
              && Files.readSymbolicLink(link).getFileName().equals(launcher.getFileName());
      if (Files.exists(link) && !isOurs) {
        throw Problem.of(Problem.Status.CANNOT_WRITE, "'" + link + "' is another program")
            .next("install-foundry-launcher --folder DIR");
      }
    } catch (IOException e) {
      throw DurableFile.cannotRead(link, e);
    }
  }

  private boolean isOnPath(Path folder) {
    String path = environment.getOrDefault("PATH", "");
    return Arrays.stream(path.split(File.pathSeparator))
        .anyMatch(entry -> entry.equals(folder.toString()));
  }
}
