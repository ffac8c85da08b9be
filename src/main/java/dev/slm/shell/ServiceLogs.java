package dev.slm.shell;

import dev.slm.base.DurableFile;
import dev.slm.serve.ServiceLog;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Shows the end of the service's log, and what comes. */
final class ServiceLogs {
  private static final long MOST_READ = 1 << 20;

  private ServiceLogs() {}

  static CommandSpec command(Folders folders) {
    return CommandSpec.named("service logs")
        .aliases("server logs", "service log")
        .group("Service")
        .says("Shows the last lines of the service's log: one for each request.")
        .option("--lines -n", "N", "how many, 20 unless set", Values.whole(1, 100_000))
        .flag("--follow -f", "and those that come, until Ctrl-C")
        .runs(call -> show(call, ServiceLog.fileIn(folders.state())));
  }

  private static void show(Call call, Path file) throws InterruptedException {
    if (!Files.exists(file)) {
      call.screen().note("the service has not run yet");
      return;
    }
    try {
      long position = Files.size(file);
      String[] lines = read(file, Math.max(0, position - MOST_READ), position).split("\n");
      int first = Math.max(0, lines.length - call.whole("lines", 20));
      for (int i = first; i < lines.length; i++) {
        call.screen().line(lines[i]);
      }
      while (call.flag("follow") && !call.isCancelled()) {
        position = showNew(call, file, position);
        TimeUnit.MILLISECONDS.sleep(100);
      }
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    }
  }

  private static long showNew(Call call, Path file, long position) throws IOException {
    long size = Files.size(file);
    // a file that shrank was moved aside: the new one is read from its beginning
    long start = size < position ? 0 : position;
    String fresh = read(file, start, size);
    int end = fresh.lastIndexOf('\n') + 1;
    if (end > 0) {
      fresh.substring(0, end).lines().forEach(call.screen()::line);
    }
    return start + fresh.substring(0, end).getBytes(StandardCharsets.UTF_8).length;
  }

  private static String read(Path file, long from, long to) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "r")) {
      byte[] part = new byte[(int) Math.min(to - from, MOST_READ)];
      bytes.seek(from);
      bytes.readFully(part);
      return new String(part, StandardCharsets.UTF_8);
    }
  }
}
