package dev.slm.acquire;

import dev.slm.base.DurableFile;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.base.SafePath;
import dev.slm.base.Units;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Brings one file here: goes on where an earlier try or run ended, checks length and hash, fetches
 * parts again that are wrong, and gives the file its name only when it is what the hub published.
 */
final class Download {
  private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");

  private final Transport transport;
  private final URI uri;
  private final Answer answer;
  private final String commit;
  private final RemoteFile file;
  private final Path target;
  private final Progress progress;
  private final Retry retry;
  private @Nullable String tag;
  private boolean isWholeOnly;

  Download(
      Transport transport,
      URI uri,
      Answer answer,
      String commit,
      RemoteFile file,
      Path target,
      Progress progress) {
    this.transport = transport;
    this.uri = uri;
    this.answer = answer;
    this.commit = commit;
    this.file = file;
    this.target = target;
    this.progress = progress;
    this.retry = new Retry(transport, uri, true);
  }

  /** Returns when the file stands complete under its name. */
  void run() {
    try (PartFile part =
        PartFile.open(target, file, transport.limits().partBytes(), progress::checkCancelled)) {
      if (part.isBegun() && file.sha256().isEmpty() && file.blob().isEmpty()) {
        // nothing would tell whether the old bytes belong to the new ones
        part.forgetAll();
      }
      if (part.isBegun()) {
        progress.note("%s: goes on at %d %%".formatted(name(), part.done() * 100 / file.size()));
      }
      progress.advance(part.done());
      fill(part);
      verify(part);
      refusePointer(part.beginning(LfsPointer.MOST));
      part.finish();
    } catch (IOException e) {
      throw DurableFile.cannotWrite(target, e)
          .next("make room, then repeat the command; what was downloaded is kept");
    }
  }

  private void fill(PartFile part) throws IOException {
    Optional<PartFile.Span> gap = part.gap();
    while (gap.isPresent()) {
      try {
        stream(gap.get(), part);
      } catch (Local e) {
        throw e.cause;
      } catch (IOException e) {
        part.gap().ifPresent(at -> part.suspect(at.start()));
        retry.failed(e, progress);
      }
      gap = part.gap();
    }
  }

  private void stream(PartFile.Span gap, PartFile part) throws IOException {
    try (Reply reply = transport.get(uri, range(gap), progress)) {
      checkSource(reply, part);
      long position = beginning(reply, gap);
      long end = reply.status() == 206 ? gap.end() : file.size();
      for (ByteBuffer bytes = reply.body().read(progress);
          bytes != null;
          bytes = reply.body().read(progress)) {
        if (position + bytes.remaining() > end) {
          throw wrongLength("sent more than the " + Units.bytes(file.size()) + " it should have");
        }
        int length = bytes.remaining();
        store(part, position, bytes);
        position += length;
      }
      if (position < end) {
        throw wrongLength("ended after %,d of %,d bytes".formatted(position, file.size()));
      }
    }
  }

  private Map<String, String> range(PartFile.Span gap) {
    boolean isWhole = gap.start() == 0 && gap.end() == file.size();
    return isWhole ? Map.of() : Map.of("Range", "bytes=" + gap.start() + "-" + (gap.end() - 1));
  }

  private void store(PartFile part, long position, ByteBuffer bytes) throws Local {
    try {
      int written = part.write(position, bytes);
      if (written > 0) {
        progress.advance(written);
        retry.progressed();
      }
    } catch (IOException e) {
      throw new Local(e);
    }
  }

  /** A failure of the disk, which no other connection would cure. */
  private static final class Local extends IOException {
    private static final long serialVersionUID = 1;
    private final IOException cause;

    Local(IOException cause) {
      super(cause);
      this.cause = cause;
    }
  }

  /** Notices that the hub answers with another file than before, or of another commit. */
  private void checkSource(Reply reply, PartFile part) throws IOException {
    if (reply.status() == 416) {
      restart(part, "the server has other bytes now");
      throw new IOException("the range was refused");
    }
    answer.check(reply);
    String found = reply.first().firstValue("x-repo-commit").orElse(commit);
    if (!found.equals(commit)) {
      throw Problem.failed("'" + uri.getHost() + "' answered with another commit")
          .why("asked for '" + commit + "', got '" + SafePath.shown(found) + "'")
          .next("repeat the command");
    }
    String now =
        reply
            .first()
            .firstValue("x-linked-etag")
            .or(() -> reply.first().firstValue("etag"))
            .orElse("");
    if (tag != null && !tag.equals(now)) {
      restart(part, "it changed on the server");
      tag = now;
      throw new IOException("the file changed on the server");
    }
    tag = now;
  }

  private void restart(PartFile part, String reason) throws Local {
    try {
      progress.note(name() + ": " + reason + ", starting again");
      progress.advance(-part.done());
      part.forgetAll();
    } catch (IOException e) {
      throw new Local(e);
    }
  }

  /** Where the first byte of the answer belongs. */
  private long beginning(Reply reply, PartFile.Span gap) throws IOException {
    if (reply.status() == 206) {
      Matcher range = RANGE.matcher(reply.header("content-range").orElse(""));
      boolean isOurs =
          range.matches()
              && Long.parseLong(range.group(1)) == gap.start()
              && Long.parseLong(range.group(2)) == gap.end() - 1
              && Long.parseLong(range.group(3)) == file.size();
      if (!isOurs) {
        throw wrongLength("sent another range than " + gap.start() + "-" + (gap.end() - 1));
      }
      return gap.start();
    }
    checkAnnounced(reply);
    if (gap.start() > 0 && !isWholeOnly) {
      isWholeOnly = true;
      progress.note(name() + ": the server cannot go on in the middle, it sends the file again");
    }
    return 0;
  }

  private void checkAnnounced(Reply reply) throws IOException {
    long announced = reply.length().orElse(file.size());
    if (announced == file.size()) {
      return;
    }
    if (announced <= LfsPointer.MOST) {
      refusePointer(reply.body().readAll(LfsPointer.MOST, progress));
    }
    throw wrongLength("is %,d bytes instead of %,d".formatted(announced, file.size()));
  }

  private Passing wrongLength(String how) {
    Problem problem =
        Problem.of(Problem.Status.UNREACHABLE, "'" + file.path() + "' " + how)
            .why("'" + uri.getHost() + "' did not send what it lists")
            .next("repeat the command; what was downloaded is kept");
    return new Passing(name() + " " + how, problem, Optional.empty());
  }

  private void refusePointer(byte[] beginning) {
    if (LfsPointer.is(beginning)) {
      throw LfsPointer.problem("'" + file.path() + "' on '" + uri.getHost() + "'")
          .next("config set hub.endpoint " + HubSettings.PUBLIC_HUB);
    }
  }

  private void verify(PartFile part) throws IOException {
    boolean isRight = part.isRight(progress::checkCancelled);
    // what arrived right may have been lost since: by the disk, or by another process where the
    // file system's locks do not work
    if (part.forgetLost(progress::checkCancelled)) {
      progress.note(name() + ": the disk lost a part, fetching it again");
      fill(part);
      isRight = part.isRight(progress::checkCancelled);
    }
    if (!isRight) {
      repair(part);
    }
  }

  /**
   * The hub publishes one hash for the whole file, so the wrong part shows only by coming out
   * different a second time; parts at which a connection ended are tried first.
   */
  private void repair(PartFile part) throws IOException {
    progress.note(name() + ": its hash differs, fetching its parts again until it is right");
    for (int index : part.bySuspicion()) {
      PartFile.Span span = part.span(index);
      ByteBuffer bytes = again(span);
      if (part.replace(index, bytes) && part.isRight(progress::checkCancelled)) {
        return;
      }
    }
    part.forgetAll();
    throw Problem.badFile("'" + file.path() + "' is not the file that the hub published")
        .why("its hash differs, also after a second download")
        .next("repeat the command, or config set hub.endpoint " + HubSettings.PUBLIC_HUB);
  }

  private ByteBuffer again(PartFile.Span span) {
    return retry.run(
        () -> {
          try (Reply reply = transport.get(uri, range(span), progress)) {
            answer.check(reply);
            long position = beginning(reply, span);
            ByteBuffer wanted = ByteBuffer.allocate((int) span.length());
            for (ByteBuffer bytes = reply.body().read(progress);
                bytes != null && wanted.hasRemaining();
                bytes = reply.body().read(progress)) {
              int skip = (int) Math.min(bytes.remaining(), Math.max(span.start() - position, 0));
              position += bytes.remaining();
              bytes.position(bytes.position() + skip);
              bytes.limit(bytes.position() + Math.min(bytes.remaining(), wanted.remaining()));
              wanted.put(bytes);
            }
            if (wanted.hasRemaining()) {
              throw wrongLength("ended early");
            }
            return wanted.flip();
          }
        },
        progress);
  }

  private String name() {
    return "'" + file.path() + "'";
  }
}
