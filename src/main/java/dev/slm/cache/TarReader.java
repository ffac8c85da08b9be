package dev.slm.cache;

import dev.slm.base.Problem;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads tar archives of plain files; anything else in one is refused. */
final class TarReader {
  /** Longer than any record we write; a hostile length must not become memory. */
  private static final int LONGEST_PAX = 16 * 1024;

  /** A file in the archive; its bytes follow. */
  record Entry(String name, long size) {}

  private final String source;
  private final InputStream in;
  private long left;
  private int padding;

  TarReader(String source, InputStream in) {
    this.source = source;
    this.in = in;
  }

  /** The next file, whose bytes must be read or skipped; nothing at the end. */
  Optional<Entry> next() throws IOException {
    skip();
    byte[] block = block();
    if (TarWriter.sum(block) == 0) {
      return Optional.empty();
    }
    checkSum(block);
    Entry entry = new Entry(text(block, 0, TarWriter.NAME), octal(block, 124, 12));
    char type = (char) block[156];
    begin(entry.size());
    if (type == 'x') {
      Entry extended = pax(entry.size());
      byte[] file = block();
      checkSum(file);
      begin(extended.size());
      type = (char) file[156];
      entry = extended;
    }
    if (type != '0' && type != 0) {
      throw Problem.badFile("'" + source + "' has an entry that is not a file")
          .why("type '" + (Character.isLetterOrDigit(type) ? type : '?') + "'");
    }
    return Optional.of(entry);
  }

  /** Some bytes of the current file, or -1 after its last one. */
  int read(byte[] buffer) throws IOException {
    if (left == 0) {
      return -1;
    }
    int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
    if (count < 0) {
      throw early();
    }
    left -= count;
    return count;
  }

  byte[] readAll(int most) throws IOException {
    if (left > most) {
      throw Problem.badFile("'" + source + "' has an entry of " + left + " bytes")
          .why("expected at most " + most);
    }
    byte[] bytes = in.readNBytes((int) left);
    if (bytes.length < left) {
      throw early();
    }
    left = 0;
    return bytes;
  }

  private void begin(long size) {
    left = size;
    padding = (int) ((TarWriter.BLOCK - size % TarWriter.BLOCK) % TarWriter.BLOCK);
  }

  private void skip() throws IOException {
    try {
      in.skipNBytes(left + padding);
    } catch (EOFException _) {
      throw early();
    }
    left = 0;
    padding = 0;
  }

  private byte[] block() throws IOException {
    byte[] block = in.readNBytes(TarWriter.BLOCK);
    if (block.length < TarWriter.BLOCK) {
      throw early();
    }
    return block;
  }

  private void checkSum(byte[] block) {
    long said = octal(block, 148, 8);
    int sum = TarWriter.sum(block);
    for (int i = 148; i < 156; i++) {
      sum += ' ' - (block[i] & 0xff);
    }
    if (said != sum) {
      throw notAnArchive();
    }
  }

  /** Name and size from the records of a pax header. */
  private Entry pax(long size) throws IOException {
    if (size > LONGEST_PAX) {
      throw notAnArchive();
    }
    String records = new String(readAll(LONGEST_PAX), StandardCharsets.UTF_8);
    skip();
    String name = "";
    long bytes = -1;
    for (String record : records.split("\n")) {
      String[] pair = record.substring(record.indexOf(' ') + 1).split("=", 2);
      if (pair[0].equals("path") && pair.length == 2) {
        name = pair[1];
      } else if (pair[0].equals("size") && pair.length == 2 && pair[1].matches("\\d{1,18}")) {
        bytes = Long.parseLong(pair[1]);
      }
    }
    if (name.isEmpty() || bytes < 0) {
      throw notAnArchive();
    }
    return new Entry(name, bytes);
  }

  private long octal(byte[] block, int at, int length) {
    String digits = text(block, at, length).strip();
    if (!digits.matches("[0-7]{1,12}")) {
      throw notAnArchive();
    }
    return Long.parseLong(digits, 8);
  }

  private static String text(byte[] block, int at, int length) {
    int end = at;
    while (end < at + length && block[end] != 0) {
      end++;
    }
    return new String(block, at, end - at, StandardCharsets.UTF_8);
  }

  private Problem notAnArchive() {
    return Problem.badFile("'" + source + "' is not an archive of models")
        .next("cache export FILE");
  }

  private Problem early() {
    return Problem.badFile("'" + source + "' ends early").why("the copy of it is not complete");
  }
}
