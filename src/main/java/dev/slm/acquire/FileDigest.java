package dev.slm.acquire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The hashes of a file from its beginning on: fed as bytes arrive, read from disk where not. */
final class FileDigest {
  private static final int BUFFER = 1024 * 1024;

  private final MessageDigest sha256 = algorithm("SHA-256");
  private final MessageDigest git = algorithm("SHA-1");
  private final boolean isGit;
  private long position;

  /**
   * An empty beginning.
   *
   * @param file whose hash the hub publishes; git's own starts with the size
   */
  FileDigest(RemoteFile file) {
    this.isGit = file.sha256().isEmpty() && !file.blob().isEmpty();
    git.update(("blob " + file.size() + "\0").getBytes(StandardCharsets.US_ASCII));
  }

  long position() {
    return position;
  }

  /** Takes bytes that stand at a position; those that are not next are left for the disk. */
  void feed(long at, ByteBuffer bytes) {
    if (at == position) {
      take(bytes.duplicate());
    }
  }

  private void take(ByteBuffer bytes) {
    if (isGit) {
      git.update(bytes.duplicate());
    } else {
      sha256.update(bytes.duplicate());
    }
    position += bytes.remaining();
  }

  /** Reads on from the disk until a position. */
  void catchUp(FileChannel channel, long until, Runnable check) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BUFFER, Math.max(until - position, 1)));
    while (position < until) {
      check.run();
      buffer.clear().limit((int) Math.min(buffer.capacity(), until - position));
      if (channel.read(buffer, position) < 0) {
        return;
      }
      take(buffer.flip());
    }
  }

  /** Whether the bytes are those that the hub published; ends the digest. */
  boolean isRight(RemoteFile file) {
    String sha = HexFormat.of().formatHex(sha256.digest());
    String blob = HexFormat.of().formatHex(git.digest());
    return position == file.size()
        && (file.sha256().isEmpty() || file.sha256().equals(sha))
        && (!isGit || file.blob().equals(blob));
  }

  /** Whether a file on the disk is the one that the hub published. */
  static boolean isRight(Path path, RemoteFile file, Runnable check) throws IOException {
    FileDigest digest = new FileDigest(file);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      digest.catchUp(channel, channel.size(), check);
    }
    return digest.isRight(file);
  }

  private static MessageDigest algorithm(String name) {
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + name, e);
    }
  }
}
