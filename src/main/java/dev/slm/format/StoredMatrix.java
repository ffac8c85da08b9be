package dev.slm.format;

import dev.slm.base.DurableFile;
import dev.slm.base.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.util.List;

/** A tensor of a file as rows of floats. */
record StoredMatrix(Safetensors.Tensor tensor, FileChannel channel, int rows, int columns)
    implements WeightMatrix {
  /** Large enough for the disk, small enough for the processor's cache and for many threads. */
  private static final int CHUNK_BYTES = 256 * 1024;

  private static final ThreadLocal<ByteBuffer> CHUNK =
      ThreadLocal.withInitial(
          () -> ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN));

  static StoredMatrix of(Safetensors.Tensor tensor, FileChannel channel, long rows, long columns) {
    // a row must fit a Java array; real ones are a ten-thousandth of that
    if (rows > Integer.MAX_VALUE || columns > Integer.MAX_VALUE / 8) {
      throw SafetensorsHeader.bad(
          tensor.file(),
          "tensor " + Shown.name(tensor.name()) + " shape",
          "is " + tensor.shape(),
          "a matrix that fits into memory");
    }
    return new StoredMatrix(tensor, channel, (int) rows, (int) columns);
  }

  @Override
  public long storedRowBytes() {
    return (long) columns * tensor.type().bits() / 8;
  }

  @Override
  public List<Part> parts() {
    return List.of(new Part(tensor.name(), rows));
  }

  @Override
  public void read(int fromRow, int count, float[] into) {
    MatrixViews.checkRange(this, fromRow, count);
    int width = tensor.type().bits() / 8;
    long at = tensor.offset() + (long) fromRow * columns * width;
    int total = Math.multiplyExact(count, columns);
    ByteBuffer chunk = CHUNK.get();
    int done = 0;
    while (done < total) {
      int values = Math.min(total - done, CHUNK_BYTES / width);
      fill(chunk.clear().limit(values * width), at + (long) done * width);
      decode(chunk, into, done, values);
      done += values;
    }
  }

  private void fill(ByteBuffer chunk, long at) {
    try {
      while (chunk.hasRemaining()) {
        if (channel.read(chunk, at + chunk.position()) < 0) {
          throw SafetensorsHeader.bad(
              tensor.file(), "tensor " + Shown.name(tensor.name()), "the file became shorter", "");
        }
      }
      chunk.flip();
    } catch (ClosedByInterruptException e) {
      throw Problem.interrupted().causedBy(e);
    } catch (IOException e) {
      throw DurableFile.cannotRead(tensor.file(), e);
    }
  }

  private void decode(ByteBuffer chunk, float[] into, int at, int count) {
    switch (tensor.type()) {
      case F32 -> chunk.asFloatBuffer().get(into, at, count);
      case BF16 -> {
        ShortBuffer halves = chunk.asShortBuffer();
        for (int i = 0; i < count; i++) {
          into[at + i] = Float.intBitsToFloat(halves.get(i) << 16);
        }
      }
      case F16 -> {
        ShortBuffer halves = chunk.asShortBuffer();
        for (int i = 0; i < count; i++) {
          into[at + i] = Float.float16ToFloat(halves.get(i));
        }
      }
      default -> throw new IllegalStateException("not a weight: " + tensor.type());
    }
  }
}
