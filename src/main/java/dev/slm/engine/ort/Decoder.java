package dev.slm.engine.ort;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.slm.engine.ort.GraphIo.LogitsRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Runs the graph on a few tokens at a time and keeps what it computed. Everything that a single
 * token needs is allocated once; only the mask's view, of constant size, is new per run.
 */
final class Decoder implements AutoCloseable {
  /** What the mask holds where nothing is hidden. */
  private static final int ALL_ROWS = 1;

  /** The same, and asks for the logits of the last position only. */
  private static final int LAST_ONLY = 2;

  /** More on either, while a context that will be long is still short. */
  private static final int LONG = 2;

  private final Stages.Runner runner;
  private final GraphIo io;
  private final KvCache cache;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment ids;
  private final MemorySegment positions;
  private final MemorySegment row;
  private final OnnxTensor oneId;
  private final OnnxTensor onePosition;
  private final OnnxTensor oneRow;
  private final float[] logits;
  private final Mask mask;
  private int[] tokens = new int[0];
  private int length;
  private int bound;
  private boolean isLong;

  Decoder(Stages.Runner runner, GraphIo io, int limit, int chunk) throws OrtException {
    this.runner = runner;
    this.io = io;
    this.cache = new KvCache(io, limit);
    this.ids = arena.allocate((long) chunk * io.idType().size, 64);
    this.positions = arena.allocate((long) chunk * io.idType().size, 64);
    this.row = arena.allocate((long) io.vocabulary() * io.logitsType().size, 64);
    this.oneId = Tensors.view(ids.asSlice(0, io.idType().size), io.idType(), 1, 1);
    this.onePosition = Tensors.view(positions.asSlice(0, io.idType().size), io.idType(), 1, 1);
    this.oneRow = Tensors.view(row, io.logitsType(), 1, 1, io.vocabulary());
    this.logits = new float[io.vocabulary()];
    this.mask = new Mask(io.idType());
  }

  /** Tokens in the cache. */
  int length() {
    return length;
  }

  int token(int position) {
    return tokens[position];
  }

  KvCache cache() {
    return cache;
  }

  /** Forgets everything from a position on; costs nothing. */
  void truncate(int newLength) {
    length = Math.min(length, newLength);
  }

  /**
   * Says how many tokens there will be in all. What the cache holds of a shorter context is dropped
   * when a long one rotates positions otherwise, and the other way round.
   */
  void expect(int total) {
    boolean willBeLong = total > io.shortContext();
    if (willBeLong != isLong) {
      truncate(0);
      isLong = willBeLong;
    }
  }

  /** Whether what the cache holds is of a context of its own length. */
  boolean isConsistent() {
    return isLong == (length > io.shortContext());
  }

  /** The tokens in the cache, and one more. */
  int[] tokensAnd(int next) {
    int[] all = Arrays.copyOf(tokens, length + 1);
    all[length] = next;
    return all;
  }

  /** Whether one more token makes everything before it rotate otherwise. */
  boolean endsShort() {
    return !isLong && length >= io.shortContext();
  }

  /** How many of the first tokens are already in the cache. */
  int common(int[] ids) {
    int mismatch = Arrays.mismatch(tokens, 0, length, ids, 0, ids.length);
    return mismatch < 0 ? length : mismatch;
  }

  /** The logits after the last token that was run. The array is reused and may be changed. */
  float[] logits() {
    return logits;
  }

  /** Makes room in the cache and takes tokens over that a file restored. */
  void adopt(int[] restored) {
    reserve(restored.length);
    System.arraycopy(restored, 0, tokens, 0, restored.length);
    length = restored.length;
    isLong = length > io.shortContext();
  }

  /** Makes room for so many tokens in all. */
  void reserve(int total) {
    try {
      cache.ensure(total, length);
    } catch (RuntimeException e) {
      truncate(0); // what the cache held went with it
      throw e;
    }
    if (tokens.length < total) {
      tokens = Arrays.copyOf(tokens, Math.max(total, tokens.length * 2));
    }
  }

  /** Computes tokens that follow those in the cache; only the last one's logits are kept. */
  void run(int[] source, int from, int count, OrtSession.RunOptions options) throws OrtException {
    run(source, from, count, options, null);
  }

  /**
   * Computes tokens and shows the logits after each, if the graph gives them: the seam for several
   * tokens per step. Guesses run at once, the sampler chooses from each row, and {@link #truncate}
   * drops what it did not choose.
   */
  void run(int[] source, int from, int count, OrtSession.RunOptions options, @Nullable Rows rows)
      throws OrtException {
    reserve(length + count);
    System.arraycopy(source, from, tokens, length, count);
    for (int i = 0; i < count; i++) {
      setId(ids, i, source[from + i]);
      setId(positions, i, length + i);
    }
    boolean manyRows = count > 1 && givesAllRows(rows);
    // the rows of a chunk are large and short-lived: given back at once
    try (Arena chunk = Arena.ofConfined()) {
      MemorySegment memory = manyRows ? chunk.allocate((long) count * row.byteSize(), 64) : row;
      try (OnnxTensor rowTensor =
          manyRows ? Tensors.view(memory, io.logitsType(), 1, count, io.vocabulary()) : null) {
        int asked = io.rows() == LogitsRows.ASKED && rows == null ? LAST_ONLY : ALL_ROWS;
        call(count, isLong ? asked + LONG : asked, rowTensor == null ? oneRow : rowTensor, options);
      }
      length += count;
      publish(memory, manyRows ? count : 1, rows);
    }
  }

  private boolean givesAllRows(@Nullable Rows rows) {
    return io.rows() == LogitsRows.ALL || (io.rows() == LogitsRows.ASKED && rows != null);
  }

  private void call(int count, int maskValue, OnnxTensor rowTensor, OrtSession.RunOptions options)
      throws OrtException {
    long total = (long) length + count;
    bindCache();
    runner.output(io.names().logits(), rowTensor);
    try (OnnxTensor maskTensor = mask.view(total, maskValue);
        OnnxTensor manyIds = count == 1 ? null : view(ids, count);
        OnnxTensor manyPositions = count == 1 ? null : view(positions, count)) {
      runner.input(io.names().inputIds(), manyIds == null ? oneId : manyIds);
      if (io.hasMask()) {
        runner.input(io.names().attentionMask(), maskTensor);
      }
      if (io.hasPositions()) {
        runner.input(io.names().positionIds(), manyPositions == null ? onePosition : manyPositions);
      }
      runner.run(options);
    }
  }

  /** A hundred names, which stay the same until the cache grows. */
  private void bindCache() {
    if (bound != cache.changes()) {
      cache.past().forEach(runner::input);
      cache.present().forEach(runner::output);
      bound = cache.changes();
    }
  }

  private void publish(MemorySegment memory, int count, @Nullable Rows rows) {
    if (rows == null) {
      copyRow(memory, count - 1);
      return;
    }
    for (int i = 0; i < count; i++) {
      copyRow(memory, i);
      rows.accept(length - count + i, logits);
    }
  }

  private void copyRow(MemorySegment memory, int index) {
    long offset = index * row.byteSize();
    if (io.logitsType() == OnnxJavaType.FLOAT) {
      MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, offset, logits, 0, logits.length);
      return;
    }
    for (int i = 0; i < logits.length; i++) {
      short half = memory.get(ValueLayout.JAVA_SHORT, offset + (long) i * Short.BYTES);
      logits[i] = Float.float16ToFloat(half);
    }
  }

  private OnnxTensor view(MemorySegment memory, int count) throws OrtException {
    return Tensors.view(memory.asSlice(0, (long) count * io.idType().size), io.idType(), 1, count);
  }

  private void setId(MemorySegment memory, int index, int id) {
    if (io.idType() == OnnxJavaType.INT64) {
      memory.setAtIndex(ValueLayout.JAVA_LONG, index, id);
    } else {
      memory.setAtIndex(ValueLayout.JAVA_INT, index, id);
    }
  }

  @Override
  public void close() {
    cache.close();
    oneId.close();
    onePosition.close();
    oneRow.close();
    mask.close();
    arena.close();
  }

  /** Receives the logits after one position; the array is reused. */
  interface Rows {
    void accept(int position, float[] logits);
  }

  /** One value for every token: nothing of a single sequence is hidden. */
  private static final class Mask {
    /** Grown by as many, so that a token seldom pays for it. */
    private static final long STEP = 1024;

    private final OnnxJavaType type;
    private Arena arena = Arena.ofShared();
    private MemorySegment values = MemorySegment.NULL;
    private int value;

    Mask(OnnxJavaType type) {
      this.type = type;
    }

    OnnxTensor view(long total, int wanted) throws OrtException {
      boolean isLarger = total * type.size > values.byteSize();
      if (isLarger) {
        arena.close();
        arena = Arena.ofShared();
        values = arena.allocate(Math.ceilDiv(total, STEP) * STEP * type.size, 64);
      }
      if (isLarger || value != wanted) {
        fill(wanted);
      }
      return Tensors.view(values.asSlice(0, total * type.size), type, 1, total);
    }

    private void fill(int wanted) {
      value = wanted;
      for (long i = 0; i < values.byteSize() / type.size; i++) {
        if (type == OnnxJavaType.INT64) {
          values.setAtIndex(ValueLayout.JAVA_LONG, i, wanted);
        } else {
          values.setAtIndex(ValueLayout.JAVA_INT, i, wanted);
        }
      }
    }

    void close() {
      arena.close();
    }
  }
}
