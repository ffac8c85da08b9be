package dev.slm.prepare;

import dev.slm.base.DurableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What one model predicted, kept on disk until the other one predicts: so that never two models are
 * in memory.
 */
final class LogitsFile implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final ByteBuffer row;
  private final int width;

  LogitsFile(Path file, int width) {
    this.file = file;
    this.width = width;
    this.row = ByteBuffer.allocate(width * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try {
      this.channel =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw DurableFile.cannotWrite(file, e);
    }
  }

  void write(int index, float[] logits) {
    row.clear().asFloatBuffer().put(logits, 0, width);
    try {
      long at = (long) index * row.capacity();
      while (row.hasRemaining()) {
        channel.write(row, at + row.position());
      }
    } catch (IOException e) {
      throw DurableFile.cannotWrite(file, e);
    }
  }

  void read(int index, float[] into) {
    row.clear();
    try {
      long at = (long) index * row.capacity();
      while (row.hasRemaining()) {
        if (channel.read(row, at + row.position()) < 0) {
          throw new IllegalStateException("no row " + index + " in " + file);
        }
      }
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    }
    row.flip().asFloatBuffer().get(into, 0, width);
  }

  @Override
  public void close() {
    try {
      channel.close();
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw DurableFile.cannotWrite(file, e);
    }
  }
}
