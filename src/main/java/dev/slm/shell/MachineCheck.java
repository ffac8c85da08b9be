package dev.slm.shell;

import dev.slm.base.Machine;
import dev.slm.base.Problem;
import dev.slm.base.Settings;
import dev.slm.base.Units;
import dev.slm.profile.Profiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What every part of the product needs: Java, folders that can be written, settings that parse. */
public final class MachineCheck implements DoctorCommands.Check {
  /** The smallest catalog models take about half of this. */
  private static final long LITTLE_DISK = 1_000_000_000;

  private final Folders folders;
  private final Settings settings;

  public MachineCheck(Folders folders, Settings settings) {
    this.folders = folders;
    this.settings = settings;
  }

  @Override
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    findings.add(
        Finding.good(
            "Java %s on %s %s, %d processors"
                .formatted(
                    System.getProperty("java.version"),
                    System.getProperty("os.name"),
                    System.getProperty("os.arch"),
                    Runtime.getRuntime().availableProcessors())));
    findings.add(settings());
    findings.add(profiles());
    findings.add(folder("settings folder", folders.config()));
    findings.add(folder("state folder", folders.state()));
    Path cache = Path.of(settings.get(Settings.CACHE_FOLDER));
    findings.add(folder("cache folder", cache));
    findings.add(disk(cache));
    return findings;
  }

  private Finding settings() {
    List<String> mistakes = settings.mistakes().stream().map(Problem::getMessage).toList();
    return mistakes.isEmpty()
        ? Finding.good("settings in '" + settings.file() + "'")
        : Finding.bad(String.join("; ", mistakes), "config list");
  }

  private Finding profiles() {
    try {
      int models = Profiles.load(folders.profiles()).catalog().size();
      return Finding.good("profiles of " + models + " models");
    } catch (Problem problem) {
      return Finding.bad(problem.what(), problem.next().orElse(""));
    }
  }

  private static Finding folder(String name, Path folder) {
    Path existing = Machine.existing(folder);
    if (!Files.isDirectory(existing)) {
      return Finding.bad(name + ": '" + existing + "' is not a folder", "");
    }
    return Files.isWritable(existing)
        ? Finding.good(name + " '" + folder + "'")
        : Finding.bad(name + ": no permission to write in '" + existing + "'", "");
  }

  private static Finding disk(Path folder) {
    long bytes = Machine.freeBytes(folder);
    if (bytes == Machine.UNKNOWN_DISK) {
      return Finding.warning("free space for models is not known", "");
    }
    String free = Units.bytes(bytes) + " free for models";
    return bytes < LITTLE_DISK
        ? Finding.warning("only " + free, "cache prune")
        : Finding.good(free);
  }
}
