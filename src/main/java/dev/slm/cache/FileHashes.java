package dev.slm.cache;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.model.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.zip.CRC32C;

/**
 * The hashes of a file's bytes in one pass: sha256 of all of them, and CRC32C of each part to say
 * where a file went bad.
 */
final class FileHashes {
  /** Large enough that system calls do not count, small enough for a cancel within 100 ms. */
  static final int BUFFER_BYTES = 1 << 18;

  private final MessageDigest digest = sha256();
  private final CRC32C part = new CRC32C();
  private final List<String> parts = new ArrayList<>();
  private int inPart;
  private long size;

  /** Blocks of large files, one of which is read while the other is hashed. */
  private static final int BLOCK_BYTES = 1 << 20;

  /** Reads a file from its beginning to its end. */
  static Manifest.FileEntry of(String path, FileChannel channel, Progress progress)
      throws IOException {
    return channel.size() > Manifest.PART_BYTES
        ? readingAhead(path, channel, progress)
        : inTurn(path, channel, progress);
  }

  /** Reading takes a third of the time that sha256 takes: another thread does it meanwhile. */
  private static Manifest.FileEntry readingAhead(
      String path, FileChannel channel, Progress progress) throws IOException {
    FileHashes hashes = new FileHashes();
    byte[][] blocks = new byte[2][BLOCK_BYTES];
    ThreadFactory threads = Thread.ofPlatform().daemon().name("read-ahead").factory();
    try (ExecutorService reader = Executors.newSingleThreadExecutor(threads)) {
      Future<Integer> ahead = reader.submit(() -> channel.read(ByteBuffer.wrap(blocks[0])));
      for (int turn = 1; ; turn++) {
        int length = await(ahead);
        if (length < 0) {
          return hashes.entry(path);
        }
        byte[] next = blocks[turn % 2];
        ahead = reader.submit(() -> channel.read(ByteBuffer.wrap(next)));
        progress.checkCancelled();
        hashes.add(blocks[(turn - 1) % 2], 0, length);
        progress.advance(length);
      }
    }
  }

  private static int await(Future<Integer> read) throws IOException {
    try {
      return read.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.interrupted();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IllegalStateException(e);
    }
  }

  private static Manifest.FileEntry inTurn(String path, FileChannel channel, Progress progress)
      throws IOException {
    FileHashes hashes = new FileHashes();
    byte[] bytes = new byte[Math.clamp(channel.size(), 1, BUFFER_BYTES)];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (channel.read(buffer.clear()) >= 0) {
      progress.checkCancelled();
      hashes.add(bytes, 0, buffer.position());
      progress.advance(buffer.position());
    }
    return hashes.entry(path);
  }

  static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  void add(byte[] bytes, int from, int length) {
    digest.update(bytes, from, length);
    size += length;
    int next = from;
    int left = length;
    while (left > 0) {
      int taken = Math.min(left, Manifest.PART_BYTES - inPart);
      part.update(bytes, next, taken);
      inPart += taken;
      next += taken;
      left -= taken;
      if (inPart == Manifest.PART_BYTES) {
        endPart();
      }
    }
  }

  /** The entry of the file, after its last byte. */
  Manifest.FileEntry entry(String path) {
    if (inPart > 0) {
      endPart();
    }
    return new Manifest.FileEntry(path, size, HexFormat.of().formatHex(digest.digest()), parts);
  }

  private void endPart() {
    parts.add(String.format(Locale.ROOT, "%08x", part.getValue()));
    part.reset();
    inPart = 0;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
