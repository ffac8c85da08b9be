package dev.slm.acquire;

import dev.slm.base.DurableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * A file that is not complete yet. Beside the bytes stands a journal with the checksum of every
 * part that arrived, so that a later run keeps what is whole and notices what the disk lost.
 */
final class PartFile implements AutoCloseable {
  static final String DATA = ".part";
  static final String JOURNAL = ".parts";

  private static final Pattern LINE = Pattern.compile("(\\d{1,9}) (\\d{1,10}) ([0-9a-f]{8})");
  private static final int BUFFER = 1024 * 1024;

  private record Part(int length, int checksum) {}

  /** Bytes that are missing: from {@code start} to before {@code end}. */
  record Span(long start, long end) {
    long length() {
      return end - start;
    }
  }

  private final Path target;
  private final Path folder;
  private final RemoteFile file;
  private final int partBytes;
  private final Path data;
  private final Path journal;
  private final FileChannel channel;
  private final FileChannel log;
  private final Map<Integer, Part> parts = new HashMap<>();
  private final List<Integer> suspects = new ArrayList<>();
  private final CRC32C checksum = new CRC32C();
  private int open = -1;
  private int openLength;
  private FileDigest digest;

  private PartFile(Path target, RemoteFile file, int partBytes) throws IOException {
    this.target = target;
    this.folder = target.resolveSibling(".").normalize();
    this.file = file;
    this.partBytes = partBytes;
    this.data = target.resolveSibling(target.getFileName() + DATA);
    this.journal = target.resolveSibling(target.getFileName() + JOURNAL);
    this.digest = new FileDigest(file);
    Files.createDirectories(folder);
    this.channel =
        FileChannel.open(
            data, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    this.log =
        FileChannel.open(
            journal, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /** Opens what an earlier run left, or begins. */
  static PartFile open(Path target, RemoteFile file, int partBytes, Runnable check)
      throws IOException {
    PartFile it = new PartFile(target, file, partBytes);
    try {
      it.recall(check);
      return it;
    } catch (IOException | RuntimeException e) {
      it.close();
      throw e;
    }
  }

  /** Keeps the parts of the journal whose bytes on the disk still have their checksum. */
  private void recall(Runnable check) throws IOException {
    List<String> lines = Files.readString(journal, StandardCharsets.ISO_8859_1).lines().toList();
    if (lines.isEmpty() || !lines.getFirst().equals(head())) {
      forgetAll();
      return;
    }
    for (String line : lines.subList(1, lines.size())) {
      Matcher match = LINE.matcher(line);
      if (match.matches()) {
        Part part =
            new Part(Integer.parseInt(match.group(2)), HexFormat.fromHexDigits(match.group(3)));
        parts.put(Integer.parseInt(match.group(1)), part);
      }
    }
    checkDisk(check);
    rewriteJournal();
  }

  private void checkDisk(Runnable check) throws IOException {
    for (Map.Entry<Integer, Part> entry : List.copyOf(parts.entrySet())) {
      check.run();
      int index = entry.getKey();
      Part part = entry.getValue();
      boolean isPossible = index < count() && part.length() <= lengthOf(index) && part.length() > 0;
      if (!isPossible || checksumOnDisk(index, part.length()) != part.checksum()) {
        parts.remove(index);
      }
    }
  }

  private int checksumOnDisk(int index, int length) throws IOException {
    CRC32C found = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocate(Math.min(BUFFER, length));
    long at = startOf(index);
    long end = at + length;
    while (at < end) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
      int read = channel.read(buffer, at);
      if (read < 0) {
        return ~(int) found.getValue();
      }
      found.update(buffer.flip());
      at += read;
    }
    return (int) found.getValue();
  }

  /** Bytes that need not come again. */
  long done() {
    return parts.values().stream().mapToLong(Part::length).sum() + openLength;
  }

  /** Whether bytes of an earlier part of this download are here. */
  boolean isBegun() {
    return done() > 0;
  }

  /** The first run of missing bytes. */
  Optional<Span> gap() {
    for (int index = 0; index < count(); index++) {
      long have = have(index);
      if (have < lengthOf(index)) {
        int last = index + 1;
        while (last < count() && have(last) == 0) {
          last++;
        }
        return Optional.of(new Span(startOf(index) + have, Math.min(startOf(last), file.size())));
      }
    }
    return Optional.empty();
  }

  private long have(int index) {
    if (index == open) {
      return openLength;
    }
    Part part = parts.get(index);
    return part == null ? 0 : part.length();
  }

  /** Writes bytes that are missing; what lies in parts that are already here is passed over. */
  int write(long position, ByteBuffer bytes) throws IOException {
    long at = position;
    int written = 0;
    while (bytes.hasRemaining()) {
      int index = (int) (at / partBytes);
      long end = startOf(index) + lengthOf(index);
      ByteBuffer piece = bytes.slice(bytes.position(), (int) Math.min(bytes.remaining(), end - at));
      bytes.position(bytes.position() + piece.remaining());
      long from = startOf(index) + have(index);
      at += piece.remaining();
      if (at > from) {
        piece.position((int) (piece.remaining() - (at - from)));
        written += piece.remaining();
        append(index, from, piece);
      }
    }
    return written;
  }

  private void append(int index, long from, ByteBuffer piece) throws IOException {
    if (open != index) {
      openPart(index);
    }
    checksum.update(piece.duplicate());
    digest.feed(from, piece);
    int length = piece.remaining();
    for (long at = from; piece.hasRemaining(); ) {
      at += channel.write(piece, at);
    }
    openLength += length;
    if (openLength == lengthOf(index)) {
      closePart();
    }
  }

  /** Goes on with a part; of one that was begun earlier the checksum is taken from the disk. */
  private void openPart(int index) throws IOException {
    closePart();
    Part begun = parts.remove(index);
    open = index;
    openLength = 0;
    checksum.reset();
    if (begun != null) {
      ByteBuffer buffer = ByteBuffer.allocate(begun.length());
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, startOf(index) + buffer.position()) < 0) {
          throw new IOException("'" + data + "' became shorter");
        }
      }
      checksum.update(buffer.flip());
      openLength = begun.length();
    }
  }

  /** Notes how far the open part has come. */
  private void closePart() throws IOException {
    if (open >= 0 && openLength > 0) {
      Part part = new Part(openLength, (int) checksum.getValue());
      parts.put(open, part);
      note(open, part);
    }
    open = -1;
    openLength = 0;
  }

  /** Marks where a connection ended: such places are looked at first when the whole is wrong. */
  void suspect(long position) {
    int index = (int) (Math.min(position, file.size() - 1) / partBytes);
    if (!suspects.contains(index)) {
      suspects.add(index);
    }
  }

  /** All parts, those first that are more likely to be wrong. */
  List<Integer> bySuspicion() {
    List<Integer> order = new ArrayList<>(suspects);
    for (int index = 0; index < count(); index++) {
      if (!order.contains(index)) {
        order.add(index);
      }
    }
    return order;
  }

  /** Drops the parts that the disk no longer has as they arrived; whether there were any. */
  boolean forgetLost(Runnable check) throws IOException {
    int before = parts.size();
    checkDisk(check);
    digest = new FileDigest(file);
    return parts.size() < before;
  }

  Span span(int index) {
    return new Span(startOf(index), startOf(index) + lengthOf(index));
  }

  /** Puts other bytes in a part's place; whether they differ from what was there. */
  boolean replace(int index, ByteBuffer bytes) throws IOException {
    Part before = parts.remove(index);
    digest = new FileDigest(file);
    write(startOf(index), bytes);
    Part now = parts.get(index);
    return before == null || !before.equals(now);
  }

  /** Begins from nothing. */
  void forgetAll() throws IOException {
    parts.clear();
    suspects.clear();
    open = -1;
    openLength = 0;
    digest = new FileDigest(file);
    channel.truncate(0);
    rewriteJournal();
  }

  private void rewriteJournal() throws IOException {
    log.truncate(0);
    append(head());
    for (Map.Entry<Integer, Part> part : parts.entrySet()) {
      note(part.getKey(), part.getValue());
    }
  }

  private void note(int index, Part part) throws IOException {
    append(index + " " + part.length() + " " + HexFormat.of().toHexDigits(part.checksum()));
  }

  private void append(String line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
    while (bytes.hasRemaining()) {
      log.write(bytes, log.size());
    }
  }

  private String head() {
    return "slm 1 " + partBytes + " " + file.identity();
  }

  /** Whether all bytes together are what the hub published. */
  boolean isRight(Runnable check) throws IOException {
    digest.catchUp(channel, file.size(), check);
    FileDigest whole = digest;
    digest = new FileDigest(file);
    return whole.isRight(file);
  }

  /** The first bytes, for a look at what came. */
  byte[] beginning(int most) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(most, file.size()));
    channel.read(buffer, 0);
    byte[] bytes = new byte[buffer.position()];
    buffer.flip().get(bytes);
    return bytes;
  }

  /** Gives the complete file its own name. */
  void finish() throws IOException {
    channel.truncate(file.size());
    channel.force(true);
    channel.close();
    log.close();
    try {
      Files.move(data, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (NoSuchFileException e) {
      // another process that should have waited gave it its name first
      if (!Files.isRegularFile(target) || !FileDigest.isRight(target, file, () -> {})) {
        throw e;
      }
    }
    Files.deleteIfExists(journal);
    DurableFile.syncFolder(folder);
  }

  private int count() {
    return Math.toIntExact((file.size() + partBytes - 1) / partBytes);
  }

  private long startOf(int index) {
    return (long) index * partBytes;
  }

  private long lengthOf(int index) {
    return Math.min(partBytes, file.size() - startOf(index));
  }

  /** Keeps what came for the next run. */
  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      try {
        closePart();
      } finally {
        channel.close();
        log.close();
      }
    }
  }
}
