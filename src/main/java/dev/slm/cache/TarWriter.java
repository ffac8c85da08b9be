package dev.slm.cache;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Writes a POSIX tar archive (ustar, with pax records for long names and sizes of 8 GiB and more),
 * which every system unpacks without us.
 */
final class TarWriter implements Closeable {
  static final int BLOCK = 512;
  static final int NAME = 100;
  static final long LARGEST_OCTAL = 077777777777L;

  private final OutputStream out;
  private long left;
  private int padding;

  TarWriter(OutputStream out) {
    this.out = out;
  }

  /** Begins a file of exactly so many bytes. */
  void file(String name, long size) throws IOException {
    if (left != 0) {
      throw new IllegalStateException("expected " + left + " more bytes");
    }
    pad();
    boolean needsPax = name.getBytes(StandardCharsets.UTF_8).length > NAME || size > LARGEST_OCTAL;
    if (needsPax) {
      byte[] records = pax("path", name, "size", Long.toString(size));
      header("pax", records.length, 'x');
      write(records, 0, records.length);
      pad();
    }
    header(needsPax ? name.substring(0, Math.min(name.length(), 40)) : name, size, '0');
  }

  void write(byte[] bytes, int from, int length) throws IOException {
    if (length > left) {
      throw new IllegalStateException("expected at most " + left + " bytes, found " + length);
    }
    out.write(bytes, from, length);
    left -= length;
  }

  @Override
  public void close() throws IOException {
    pad();
    out.write(new byte[2 * BLOCK]);
    out.flush();
  }

  private void pad() throws IOException {
    out.write(new byte[padding]);
    padding = 0;
  }

  private void header(String name, long size, char type) throws IOException {
    byte[] block = new byte[BLOCK];
    put(block, 0, name);
    put(block, 100, "0000644\0");
    put(block, 108, "0000000\0");
    put(block, 116, "0000000\0");
    put(block, 124, octal(Math.min(size, LARGEST_OCTAL), 11) + "\0");
    put(block, 136, octal(0, 11) + "\0");
    put(block, 148, "        ");
    block[156] = (byte) type;
    put(block, 257, "ustar\00000");
    put(block, 148, octal(sum(block), 6) + "\0 ");
    out.write(block);
    left = size;
    padding = (int) ((BLOCK - size % BLOCK) % BLOCK);
  }

  static int sum(byte[] block) {
    int sum = 0;
    for (byte value : block) {
      sum += value & 0xff;
    }
    return sum;
  }

  /** A pax record says its own length, the digits of the length included. */
  private static byte[] pax(String... pairs) {
    StringBuilder records = new StringBuilder();
    for (int i = 0; i < pairs.length; i += 2) {
      String body = " " + pairs[i] + "=" + pairs[i + 1] + "\n";
      int bytes = body.getBytes(StandardCharsets.UTF_8).length;
      int length = bytes + Integer.toString(bytes).length();
      length = bytes + Integer.toString(length).length();
      records.append(length).append(body);
    }
    return records.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String octal(long value, int digits) {
    return String.format(Locale.ROOT, "%0" + digits + "o", value);
  }

  private static void put(byte[] block, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, block, at, bytes.length);
  }
}
