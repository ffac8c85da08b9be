package dev.slm.quantize;

import dev.slm.base.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Works on a weight's rows in blocks with several threads. The blocks depend on the weight's shape
 * alone, and each block's findings are added in order: the result is the same for any number of
 * threads.
 */
final class RowBlocks implements AutoCloseable {
  /** Floats of one block: 2 MB, so that a thread's buffers stay small beside a model. */
  private static final int BLOCK_VALUES = 512 * 1024;

  private final int threads;
  private final ExecutorService pool;

  RowBlocks(int threads) {
    this.threads = threads;
    this.pool = Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().factory());
  }

  /** How many rows of so many columns are worked on at a time. */
  static int rowsPerBlock(int rows, int columns) {
    return Math.clamp(BLOCK_VALUES / Math.max(1, columns), 1, Math.max(1, rows));
  }

  /** Does all blocks; each thread has one worker of its own. */
  Findings run(int rows, int columns, Supplier<Worker> workers) {
    int perBlock = rowsPerBlock(rows, columns);
    int count = (rows + perBlock - 1) / perBlock;
    Findings[] found = new Findings[count];
    AtomicInteger next = new AtomicInteger();
    List<Future<?>> running = new ArrayList<>();
    for (int thread = 0; thread < Math.min(threads, count); thread++) {
      running.add(
          pool.submit(
              () -> {
                Worker worker = workers.get();
                for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                  int from = i * perBlock;
                  found[i] = worker.work(from, Math.min(perBlock, rows - from));
                }
              }));
    }
    await(running, () -> next.set(count));
    Findings all = new Findings();
    for (Findings one : found) {
      all.add(one);
    }
    return all;
  }

  /** Waits for all, also after one failed, so that nobody writes any more when this returns. */
  private static void await(List<Future<?>> running, Runnable stop) {
    Throwable failure = null;
    boolean interrupted = false;
    for (Future<?> future : running) {
      boolean done = false;
      while (!done) {
        try {
          future.get();
          done = true;
        } catch (ExecutionException e) {
          failure = failure == null ? e.getCause() : failure;
          stop.run();
          done = true;
        } catch (InterruptedException e) {
          interrupted = true;
          stop.run();
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
      throw Problem.interrupted();
    }
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  @Override
  public void close() {
    pool.close();
  }

  /** Encodes and writes some rows. */
  interface Worker {
    Findings work(int fromRow, int count);
  }
}
