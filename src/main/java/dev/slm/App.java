package dev.slm;

import dev.slm.base.Problem;
import dev.slm.base.Settings;
import dev.slm.shell.CommandGroup;
import dev.slm.shell.ConfigCommands;
import dev.slm.shell.Console;
import dev.slm.shell.Entry;
import dev.slm.shell.Folders;
import dev.slm.shell.Rehearsal;
import dev.slm.shell.Shell;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Puts the parts together, by hand; whatever is expensive is made on first use. */
final class App {
  /** What the launcher starts once to make the AOT cache. */
  private static final String REHEARSE = "--rehearse";

  private final Folders folders;
  private final Settings settings;

  private App(Folders folders, Settings settings) {
    this.folders = folders;
    this.settings = settings;
  }

  static int run(List<String> words) {
    Map<String, String> environment = System.getenv();
    Path home = Path.of(System.getProperty("user.home", "."));
    Folders folders = Folders.of(environment, home, System.getProperty("os.name", ""));
    try {
      Settings settings =
          Settings.load(
              folders.settings(),
              environment,
              Map.of(Settings.CACHE_FOLDER.name(), folders.cache().toString()));
      App app = new App(folders, settings);
      if (words.equals(List.of(REHEARSE))) {
        Rehearsal.run(app::shell, folders.history());
        return 0;
      }
      return new Entry(folders, settings, environment).run(words, app::shell, app::prompt);
    } catch (IOException e) {
      return Problem.Status.FAILED.code();
    } catch (Problem problem) {
      Entry.emergency().problem(problem);
      return problem.status().code();
    }
  }

  private Shell shell(Console console) {
    return new Shell(console, groups(), folders.state());
  }

  /** One line per area. */
  private List<CommandGroup> groups() {
    return List.of(new ConfigCommands(settings));
  }

  private String prompt() {
    return "slm> ";
  }
}
