package dev.slm.serve;

import dev.slm.base.DurableFile;
import dev.slm.base.SafeText;
import dev.slm.serve.http.Answered;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The service's log: one line per request, whatever the request had in it. Prompts and answers are
 * never written. A full file moves aside and replaces the one before.
 */
public final class ServiceLog implements AutoCloseable {
  private static final long LARGEST = 10L * 1024 * 1024;
  private static final int LONGEST_FIELD = 200;

  private final Path file;
  private Writer writer;
  private long size;

  private ServiceLog(Path file) throws IOException {
    this.file = file;
    Files.createDirectories(file.toAbsolutePath().getParent());
    this.writer = open();
  }

  /** The log in the folder of this person's state. */
  public static ServiceLog in(Path folder) {
    Path file = fileIn(folder);
    try {
      return new ServiceLog(file);
    } catch (IOException e) {
      throw DurableFile.cannotWrite(file, e);
    }
  }

  public static Path fileIn(Path folder) {
    return folder.resolve("service.log");
  }

  /** One line for one request. */
  public void answered(Answered request) {
    String note = request.note().isEmpty() ? "" : " note=" + quoted(request.note());
    line(
        "%s %s %d %d ms agent=%s%s"
            .formatted(
                request.client(),
                quoted(request.method() + " " + request.target()),
                request.status(),
                request.time().toMillis(),
                quoted(request.agent()),
                note));
  }

  /** A failure that is ours, with its trace. */
  public void failed(Throwable bug) {
    line("bug: " + SafeText.line(bug.toString()));
    for (StackTraceElement step : bug.getStackTrace()) {
      line("bug:   at " + step);
    }
    if (bug.getCause() != null) {
      failed(bug.getCause());
    }
  }

  /** A line of our own words. */
  public synchronized void line(String text) {
    String line = Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + text + "\n";
    try {
      if (size + line.length() > LARGEST) {
        rotate();
      }
      writer.write(line);
      writer.flush();
      size += line.length();
    } catch (IOException e) {
      // a service whose disk is full goes on serving
    }
  }

  @Override
  public synchronized void close() {
    try {
      writer.close();
    } catch (IOException e) {
      // nothing of ours is lost: every line was flushed
    }
  }

  private void rotate() throws IOException {
    writer.close();
    Path old = file.resolveSibling(file.getFileName() + ".1");
    Files.move(file, old, StandardCopyOption.REPLACE_EXISTING);
    writer = open();
  }

  private Writer open() throws IOException {
    Writer opened =
        Files.newBufferedWriter(
            file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    size = Files.size(file);
    return opened;
  }

  private static String quoted(String text) {
    String shortened =
        text.length() <= LONGEST_FIELD ? text : text.substring(0, LONGEST_FIELD) + "…";
    return '"' + SafeText.line(shortened).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
