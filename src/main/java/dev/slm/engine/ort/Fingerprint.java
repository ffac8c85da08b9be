package dev.slm.engine.ort;

import dev.slm.base.FileTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Tells models apart by their files: the graph and its data by size and by samples spread over
 * them. Reading all of a large model for every saved conversation would take seconds.
 */
final class Fingerprint {
  private static final int SAMPLES = 64;
  private static final int SAMPLE_BYTES = 4096;

  private Fingerprint() {}

  static byte[] of(Path folder) throws IOException {
    MessageDigest digest = sha256();
    for (Path file : FileTree.children(folder)) {
      if (file.getFileName().toString().contains(".onnx")) {
        digest.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
        sample(file, digest);
      }
    }
    return digest.digest();
  }

  private static void sample(Path file, MessageDigest digest) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      digest.update(ByteBuffer.allocate(8).putLong(size).flip());
      for (int i = 0; i < SAMPLES; i++) {
        ByteBuffer bytes = ByteBuffer.allocate(SAMPLE_BYTES);
        channel.read(bytes, i * Math.max(size - SAMPLE_BYTES, 0) / (SAMPLES - 1));
        digest.update(bytes.flip());
      }
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
