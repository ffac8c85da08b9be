package dev.slm.cache;

import dev.slm.base.Problem;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file that says who works on something. It saves double work and gives a good message; nothing
 * is wrong when the file system's locks do not work. A process opens each lock file once, because
 * closing a second channel on it would drop the first one's lock without a word (POSIX says so, and
 * it was measured).
 */
final class LockFile implements Closeable {
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  /** The lock lies far behind the text, so that others can read who holds it. */
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

  private static final int LONGEST_TEXT = 100;

  private final Path file;
  private final FileChannel channel;

  private LockFile(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Takes the lock, or says who has it: a {@code BUSY} problem that names the work. */
  static LockFile take(Path path, String work) throws IOException {
    Path file = path.toAbsolutePath().normalize();
    if (!HELD_HERE.add(file)) {
      throw busy(work, Optional.of(ProcessHandle.current().pid()));
    }
    try {
      return new LockFile(file, open(file, work));
    } catch (IOException | RuntimeException e) {
      HELD_HERE.remove(file);
      throw e;
    }
  }

  @Override
  public void close() {
    HELD_HERE.remove(file);
    try {
      channel.close();
    } catch (IOException _) {
      // the lock ends with the process at the latest
    }
  }

  private static FileChannel open(Path file, String work) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    boolean taken = false;
    try {
      Optional<Long> other = signedBy(channel);
      if (isLockedElsewhere(channel) || other.isPresent()) {
        throw busy(work, other);
      }
      sign(channel);
      taken = true;
      return channel;
    } finally {
      if (!taken) {
        channel.close();
      }
    }
  }

  /** False also where the file system has no locks: then the signature has to do. */
  private static boolean isLockedElsewhere(FileChannel channel) {
    try {
      FileLock lock = channel.tryLock(LOCKED_BYTE, 1, false);
      return lock == null;
    } catch (OverlappingFileLockException _) {
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /** The other process that signed the file, when it still runs. */
  private static Optional<Long> signedBy(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(LONGEST_TEXT);
    channel.read(text, 0);
    String[] words =
        new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip().split(" ", 2);
    try {
      Instant start = Instant.parse(words[words.length - 1]);
      return ProcessHandle.of(Long.parseLong(words[0]))
          .filter(process -> process.pid() != ProcessHandle.current().pid())
          .filter(process -> started(process).equals(start))
          .map(ProcessHandle::pid);
    } catch (NumberFormatException | DateTimeException _) {
      return Optional.empty();
    }
  }

  private static void sign(FileChannel channel) throws IOException {
    ProcessHandle self = ProcessHandle.current();
    String text = self.pid() + " " + started(self) + "\n";
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
  }

  private static Instant started(ProcessHandle process) {
    return process.info().startInstant().orElse(Instant.EPOCH);
  }

  private static Problem busy(String work, Optional<Long> pid) {
    return Problem.of(Problem.Status.BUSY, "another slm is " + work)
        .why(pid.map(number -> "process " + number).orElse("it holds the lock"))
        .next("try again when it is done");
  }
}
