package dev.slm.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryFileTest {
  @TempDir Path folder;

  @Test
  void whatOthersCouldReadIsTakenFromThem() throws IOException {
    assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));
    Path file = Files.writeString(folder.resolve("history"), "cache ls\\nmodel list\nstatus\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    HistoryFile.keepPrivate(file);

    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(new HistoryFile(file).lines()).containsExactly("cache ls\nmodel list", "status");
  }

  @Test
  void aFileThatIsNotThereYetIsNoMistake() {
    HistoryFile.keepPrivate(folder.resolve("history"));

    assertThat(new HistoryFile(folder.resolve("history")).lines()).isEmpty();
  }
}
