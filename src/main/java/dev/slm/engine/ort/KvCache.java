package dev.slm.engine.ort;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.slm.base.Problem;
import dev.slm.base.Units;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values of a sequence, one buffer per layer and kind in the layout [1, heads, capacity,
 * head size] of the GroupQueryAttention operator. The same tensor is given as past and as present,
 * so that the operator adds rows in place and nothing is copied per token. The memory grows with
 * the conversation.
 */
final class KvCache implements AutoCloseable {
  /** Room of a new cache: a short question and its answer. */
  private static final int FIRST = 256;

  /** Growth doubles up to this many tokens and then adds as many. */
  private static final int MOST_GROWTH = 2048;

  private final GraphIo io;
  private final int limit;
  private final @Nullable Buffer[] buffers;
  private final Map<String, OnnxTensor> past = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> present = new LinkedHashMap<>();
  private int capacity;
  private int changes;

  KvCache(GraphIo io, int limit) {
    this.io = io;
    this.limit = limit;
    this.buffers = new Buffer[2 * io.layers()];
  }

  /** Tensors by the names of the graph's inputs. */
  Map<String, OnnxTensor> past() {
    return past;
  }

  /** The same tensors by the names of the graph's outputs. */
  Map<String, OnnxTensor> present() {
    return present;
  }

  /** Grows whenever the tensors are other ones. */
  int changes() {
    return changes;
  }

  long memory() {
    return capacity * io.bytesPerToken();
  }

  /** Makes room for a number of tokens and keeps the first {@code used} ones. */
  void ensure(int tokens, int used) {
    if (tokens <= capacity) {
      return;
    }
    int wanted = Math.max(tokens, Math.max(FIRST, capacity + Math.min(capacity, MOST_GROWTH)));
    resize(Math.min(wanted, limit), used);
  }

  private void resize(int newCapacity, int used) {
    changes++;
    try {
      // layer by layer, so that at most one buffer exists twice
      for (int i = 0; i < buffers.length; i++) {
        Buffer grown = Buffer.of(io, newCapacity);
        Buffer old = buffers[i];
        if (old != null) {
          old.copyRows(grown, io, used);
        }
        replace(i, grown);
      }
      capacity = newCapacity;
    } catch (OutOfMemoryError e) {
      close();
      throw Problem.failed(
              "no memory for a conversation of %s tokens".formatted(Units.grouped(newCapacity)))
          .why("it needs " + Units.bytes(newCapacity * io.bytesPerToken()))
          .next("model load NAME --context-length " + Math.max(FIRST, newCapacity / 2))
          .causedBy(e);
    } catch (OrtException e) {
      close();
      throw new IllegalStateException("cannot view " + newCapacity + " tokens as tensors", e);
    }
  }

  private void replace(int index, Buffer grown) {
    Buffer old = buffers[index];
    buffers[index] = grown;
    int layer = index / 2;
    boolean isKey = index % 2 == 0;
    past.put(isKey ? io.names().pastKey(layer) : io.names().pastValue(layer), grown.tensor());
    present.put(
        isKey ? io.names().presentKey(layer) : io.names().presentValue(layer), grown.tensor());
    if (old != null) {
      old.close();
    }
  }

  /** Number of buffers, for those who store them. */
  int buffers() {
    return buffers.length;
  }

  /** The rows of one head that hold the first {@code used} tokens. */
  MemorySegment rows(int buffer, int head, int used) {
    Buffer stored = buffers[buffer];
    if (stored == null) {
      throw new IllegalStateException("no room was made");
    }
    return stored.rows(io, head, used);
  }

  @Override
  public void close() {
    for (int i = 0; i < buffers.length; i++) {
      Buffer buffer = buffers[i];
      if (buffer != null) {
        buffer.close();
        buffers[i] = null;
      }
    }
    past.clear();
    present.clear();
    capacity = 0;
  }

  /** Keys or values of one layer. */
  private record Buffer(Arena arena, MemorySegment memory, OnnxTensor tensor, int capacity) {
    static Buffer of(GraphIo io, int capacity) throws OrtException {
      Arena arena = Arena.ofShared();
      try {
        long bytes = (long) io.heads() * capacity * io.headSize() * io.cacheElementBytes();
        MemorySegment memory = arena.allocate(bytes, 64);
        OnnxTensor tensor =
            Tensors.view(memory, io.cacheType(), 1, io.heads(), capacity, io.headSize());
        return new Buffer(arena, memory, tensor, capacity);
      } catch (OrtException | RuntimeException | OutOfMemoryError e) {
        arena.close();
        throw e;
      }
    }

    MemorySegment rows(GraphIo io, int head, int used) {
      long row = (long) io.headSize() * io.cacheElementBytes();
      return memory.asSlice((long) head * capacity * row, used * row);
    }

    void copyRows(Buffer target, GraphIo io, int used) {
      for (int head = 0; head < io.heads(); head++) {
        target.rows(io, head, used).copyFrom(rows(io, head, used));
      }
    }

    void close() {
      tensor.close();
      arena.close();
    }
  }
}
