package dev.slm.engine.ort;

import dev.slm.base.DurableFile;
import dev.slm.base.Problem;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A conversation's cache in a file: a head that names the model and the tokens, the rows of every
 * buffer and head, and a checksum of all that. Little endian. Nothing of the file is trusted before
 * its size and checksum agree.
 */
final class CacheFile {
  /** "SLMKV" and the version of this layout. */
  private static final long MAGIC = 0x0001_0056_4B4D_4C53L;

  private static final int FINGERPRINT_BYTES = 32;

  /** Magic, fingerprint, bytes per token, number of tokens. */
  private static final int HEAD_BYTES = 8 + FINGERPRINT_BYTES + 8 + 4;

  private CacheFile() {}

  /** Writes the decoder's cache: temporary name, fsync, rename. */
  static void write(Path file, OrtModel model, Decoder decoder) {
    Path target = file.toAbsolutePath();
    Path folder = target.getParent();
    if (folder == null) {
      throw Problem.usage("'" + file + "' is not a file name");
    }
    Path temporary =
        target.resolveSibling("." + file.getFileName() + "." + ProcessHandle.current().pid());
    try {
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        Checked out = new Checked(channel);
        out.write(head(model, decoder));
        forEachRows(model, decoder, rows -> out.write(rows.asByteBuffer()));
        out.writeSum();
        channel.force(true);
      }
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      DurableFile.syncFolder(folder);
    } catch (IOException e) {
      delete(temporary);
      throw DurableFile.cannotWrite(file, e);
    }
  }

  /**
   * Fills an empty decoder from a file, or leaves it empty and says what is wrong with the file.
   */
  static void read(Path file, OrtModel model, Decoder decoder) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      Checked in = new Checked(channel);
      int count = checkedCount(file, channel.size(), in.read(HEAD_BYTES), model);
      int[] tokens = new int[count];
      in.read(4 * count).asIntBuffer().get(tokens);
      checkTokens(file, tokens, model);
      decoder.adopt(tokens);
      forEachRows(model, decoder, rows -> in.read(rows.asByteBuffer()));
      if (!in.sumMatches()) {
        decoder.truncate(0);
        throw Problem.badFile("'" + file + "' is damaged").why("its checksum differs");
      }
    } catch (IOException e) {
      decoder.truncate(0);
      throw DurableFile.cannotRead(file, e);
    }
  }

  private static ByteBuffer head(OrtModel model, Decoder decoder) throws IOException {
    int count = decoder.length();
    ByteBuffer head = buffer(HEAD_BYTES + 4 * count);
    head.putLong(MAGIC);
    head.put(model.fingerprint());
    head.putLong(model.bytesPerToken());
    head.putInt(count);
    for (int i = 0; i < count; i++) {
      head.putInt(decoder.token(i));
    }
    return head.flip();
  }

  private static int checkedCount(Path file, long size, ByteBuffer head, OrtModel model)
      throws IOException {
    if (head.remaining() < HEAD_BYTES || head.getLong() != MAGIC) {
      throw Problem.badFile("'" + file + "' is not a saved conversation cache");
    }
    byte[] fingerprint = new byte[FINGERPRINT_BYTES];
    head.get(fingerprint);
    if (!Arrays.equals(fingerprint, model.fingerprint())
        || head.getLong() != model.bytesPerToken()) {
      throw Problem.badFile("'" + file + "' was saved with another model");
    }
    int count = head.getInt();
    if (count < 0 || count > model.contextLength()) {
      throw Problem.badFile("'" + file + "' holds " + count + " tokens")
          .why("the context holds " + model.contextLength());
    }
    long expected = HEAD_BYTES + count * (4 + model.bytesPerToken()) + 8;
    if (size != expected) {
      throw Problem.badFile("'" + file + "' is damaged")
          .why("it has " + size + " bytes, not " + expected);
    }
    return count;
  }

  private static void checkTokens(Path file, int[] tokens, OrtModel model) {
    for (int token : tokens) {
      if (token < 0 || token >= model.vocabularySize()) {
        throw Problem.badFile("'" + file + "' is damaged").why("it names a token " + token);
      }
    }
  }

  private static void forEachRows(OrtModel model, Decoder decoder, Rows rows) throws IOException {
    int used = decoder.length();
    for (int buffer = 0; used > 0 && buffer < decoder.cache().buffers(); buffer++) {
      for (int head = 0; head < model.io().heads(); head++) {
        rows.accept(decoder.cache().rows(buffer, head, used));
      }
    }
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException ignored) {
      // the failed write is what people must hear of
    }
  }

  private interface Rows {
    void accept(MemorySegment rows) throws IOException;
  }

  /** A channel that sums what goes through it. */
  private record Checked(FileChannel channel, CRC32C sum) {
    Checked(FileChannel channel) {
      this(channel, new CRC32C());
    }

    void write(ByteBuffer bytes) throws IOException {
      sum.update(bytes.duplicate());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }

    void writeSum() throws IOException {
      write(buffer(8).putLong(sum.getValue()).flip());
    }

    ByteBuffer read(int size) throws IOException {
      ByteBuffer bytes = buffer(size);
      read(bytes);
      return bytes.flip();
    }

    void read(ByteBuffer bytes) throws IOException {
      ByteBuffer all = bytes.duplicate();
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // a file that ends early leaves the rest as it is: the checksum tells
      }
      sum.update(all);
    }

    boolean sumMatches() throws IOException {
      long expected = sum.getValue();
      ByteBuffer stored = read(8);
      return stored.remaining() == 8 && stored.getLong() == expected;
    }
  }
}
