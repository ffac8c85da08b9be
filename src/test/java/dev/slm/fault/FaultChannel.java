package dev.slm.fault;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * An open file whose operations can fail. A write that is killed has written half of its bytes, as
 * a dying process may have.
 */
final class FaultChannel extends FileChannel {
  private final FileChannel real;
  private final Faults faults;
  private final String name;

  FaultChannel(FileChannel real, Faults faults, String name) {
    this.real = real;
    this.faults = faults;
    this.name = name;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    faults.reading("read " + name);
    return real.read(target);
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
    faults.reading("read " + name);
    return real.read(targets, offset, length);
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    faults.reading("read " + name);
    if (faults.locksLie() && name.endsWith("/lock")) {
      return -1;
    }
    return real.read(target, position);
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    try {
      faults.changing("write " + name);
    } catch (IOException | Faults.Killed e) {
      real.write(half(source));
      throw e;
    }
    return real.write(source);
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
    faults.changing("write " + name);
    return real.write(sources, offset, length);
  }

  @Override
  public int write(ByteBuffer source, long position) throws IOException {
    try {
      faults.changing("write " + name);
    } catch (IOException | Faults.Killed e) {
      real.write(half(source), position);
      throw e;
    }
    return real.write(source, position);
  }

  private static ByteBuffer half(ByteBuffer source) {
    ByteBuffer half = source.duplicate();
    return half.limit(half.position() + half.remaining() / 2);
  }

  @Override
  public long position() throws IOException {
    return real.position();
  }

  @Override
  public FileChannel position(long position) throws IOException {
    real.position(position);
    return this;
  }

  @Override
  public long size() throws IOException {
    return real.size();
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    faults.changing("truncate " + name);
    real.truncate(size);
    return this;
  }

  @Override
  public void force(boolean withMetadata) throws IOException {
    // counted but not done: what a power cut loses is not simulated, and fsync takes most of the
    // time
    faults.changing("fsync " + name);
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    faults.reading("read " + name);
    return real.transferTo(position, count, target);
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count)
      throws IOException {
    faults.changing("write " + name);
    return real.transferFrom(source, position, count);
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
    mapping(mode);
    return real.map(mode, position, size);
  }

  @Override
  public MemorySegment map(MapMode mode, long offset, long size, Arena arena) throws IOException {
    mapping(mode);
    return real.map(mode, offset, size, arena);
  }

  private void mapping(MapMode mode) throws IOException {
    if (mode.equals(MapMode.READ_ONLY)) {
      faults.reading("map " + name);
    } else {
      faults.changing("map " + name);
    }
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) throws IOException {
    return real.lock(position, size, shared);
  }

  @Override
  public @Nullable FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return faults.locksLie()
        ? new Promise(this, position, size, shared)
        : real.tryLock(position, size, shared);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    real.close();
  }

  /** A lock that everybody gets. */
  private static final class Promise extends FileLock {
    Promise(FileChannel channel, long position, long size, boolean shared) {
      super(channel, position, size, shared);
    }

    @Override
    public boolean isValid() {
      return true;
    }

    @Override
    public void release() {}
  }
}
