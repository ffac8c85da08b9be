package dev.slm.fault;

import dev.slm.base.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Runs one command again and again, each time with a fault one file operation later. */
public final class Sweep {
  /** What a command does to files, given the folder with faults. */
  @FunctionalInterface
  public interface Command {
    void run(Path folder) throws IOException;
  }

  /** Fills a fresh folder with the state before the command. */
  @FunctionalInterface
  public interface Start {
    void fill(Path folder) throws IOException;
  }

  /** Looks at the folder after a fault, which the given text describes. */
  @FunctionalInterface
  public interface Check {
    void look(Path folder, String where) throws IOException;
  }

  private Sweep() {}

  /**
   * Every operation in turn fails in each way, each time in a new folder below the given one; gives
   * how many faults there were. A command may survive a fault (work that is not worth failing for);
   * what it must not do is end in another exception than {@link Problem} or {@link IOException}.
   */
  public static int exhaust(Path area, Start start, Command command, Check check)
      throws IOException {
    return exhaust(area, "no other disk", start, command, check);
  }

  /** The same, where a folder below each new one is another disk. */
  public static int exhaust(Path area, String otherDisk, Start start, Command command, Check check)
      throws IOException {
    int rounds = 0;
    for (Faults.How how :
        new Faults.How[] {Faults.How.KILL, Faults.How.FULL, Faults.How.FULL_ONCE}) {
      boolean wasReached = true;
      for (int n = 1; wasReached; n++) {
        Path folder = Files.createDirectory(area.resolve("round-" + rounds++));
        Path disk = folder.resolve(otherDisk);
        Faults faults = Faults.at(n, how).withOtherDisk(disk);
        start.fill(calm(folder, disk));
        String where = run(folder, faults, command);
        wasReached = faults.happened();
        check.look(calm(folder, disk), how + " at operation " + n + ", " + where);
        delete(folder);
      }
    }
    return rounds;
  }

  /** The folder without faults, and without the time that fsync takes. */
  private static Path calm(Path folder, Path disk) {
    return new FaultFiles(Faults.none().withOtherDisk(disk)).path(folder);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static String run(Path folder, Faults faults, Command command) {
    String ending = "survived";
    try {
      command.run(new FaultFiles(faults).path(folder));
    } catch (Faults.Killed | Problem | IOException expected) {
      ending = "ended with " + expected;
    }
    int last = faults.count();
    return (last == 0 ? "before any" : faults.operations().get(last - 1)) + ": " + ending;
  }
}
