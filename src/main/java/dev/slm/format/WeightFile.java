package dev.slm.format;

import dev.slm.base.DurableFile;
import dev.slm.base.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The file beside {@code model.onnx} that holds the weights. Regions are handed out in order and
 * may be filled in any order and from several threads.
 */
public final class WeightFile implements AutoCloseable {
  /** A page, so that the runtime can map a large weight where it lies. */
  private static final int LARGE_ALIGNMENT = 4096;

  /** A cache line, for weights of which there are too many to spend a page on each. */
  private static final int SMALL_ALIGNMENT = 64;

  private static final long LARGE = 1 << 20;

  private final Path file;
  private final FileChannel channel;
  private long end;

  private WeightFile(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Begins an empty file. */
  public static WeightFile create(Path file) {
    try {
      return new WeightFile(
          file,
          FileChannel.open(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE));
    } catch (IOException e) {
      throw DurableFile.cannotWrite(file, e);
    }
  }

  /** The name that the graph refers to. */
  String name() {
    return file.getFileName().toString();
  }

  /** Bytes handed out so far. */
  public synchronized long size() {
    return end;
  }

  /** The offset of a new region of so many bytes. */
  synchronized long reserve(long length) {
    int alignment = length >= LARGE ? LARGE_ALIGNMENT : SMALL_ALIGNMENT;
    long offset = (end + alignment - 1) / alignment * alignment;
    end = Math.addExact(offset, length);
    return offset;
  }

  void write(long offset, ByteBuffer bytes) {
    try {
      long at = offset;
      while (bytes.hasRemaining()) {
        at += channel.write(bytes, at);
      }
    } catch (ClosedByInterruptException e) {
      throw Problem.interrupted().causedBy(e);
    } catch (IOException e) {
      throw DurableFile.cannotWrite(file, e);
    }
  }

  /** Brings everything to the disk. */
  public void sync() {
    try {
      channel.force(true);
    } catch (ClosedByInterruptException e) {
      throw Problem.interrupted().causedBy(e);
    } catch (IOException e) {
      throw DurableFile.cannotWrite(file, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw DurableFile.cannotWrite(file, e);
    }
  }
}
