package dev.slm.shell;

import java.time.Instant;
import org.jline.reader.impl.history.DefaultHistory;

/** The line editor's history without lines that hold a secret, on disk and in memory. */
final class SafeHistory extends DefaultHistory {
  @Override
  public void add(Instant time, String line) {
    if (!Secrets.isIn(line)) {
      super.add(time, line);
    }
  }
}
