package dev.slm.engine.ort;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.slm.base.DurableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Opens a graph: a large one in parts, each on a thread of its own. */
final class Opening {
  /** A smaller one is open before a second thread has begun. */
  private static final long LEAST_WEIGHTS = 64_000_000;

  /** A graph that has its weights beside it; one that has them inside would be copied. */
  private static final long MOST_GRAPH_BYTES = 16 << 20;

  /** Each part costs a hand-over per token, and memory for its activations. */
  private static final int MOST_PARTS = 4;

  private final Path graph;
  private final int threads;

  Opening(Path graph, int threads) {
    this.graph = graph;
    this.threads = threads;
  }

  Stages open(long weightBytes) throws OrtException {
    List<byte[]> parts =
        weightBytes < LEAST_WEIGHTS ? List.of() : parts(Math.min(threads, MOST_PARTS));
    if (parts.size() > 1) {
      try {
        return open(parts);
      } catch (OrtException ignored) {
        // a graph that the runtime takes as a whole only, or not at all: it says so below
      }
    }
    try (OrtSession.SessionOptions options = OrtRuntime.options(threads)) {
      return Stages.of(List.of(OrtRuntime.environment().createSession(graph.toString(), options)));
    }
  }

  private List<byte[]> parts(int most) {
    try {
      return most < 2 || Files.size(graph) > MOST_GRAPH_BYTES
          ? List.of()
          : GraphParts.of(ByteBuffer.wrap(Files.readAllBytes(graph)), most);
    } catch (IOException e) {
      throw DurableFile.cannotRead(graph, e);
    }
  }

  private Stages open(List<byte[]> parts) throws OrtException {
    List<CompletableFuture<OrtSession>> openings = new ArrayList<>();
    for (byte[] part : parts) {
      CompletableFuture<OrtSession> opening = new CompletableFuture<>();
      openings.add(opening);
      Thread.ofPlatform().daemon().name("slm-load").start(() -> open(part, opening));
    }
    try {
      CompletableFuture.allOf(openings.toArray(CompletableFuture[]::new)).join();
      return Stages.of(openings.stream().map(CompletableFuture::join).toList());
    } catch (CompletionException e) {
      for (CompletableFuture<OrtSession> opening : openings) {
        if (!opening.isCompletedExceptionally()) {
          opening.join().close();
        }
      }
      if (e.getCause() instanceof OrtException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private void open(byte[] part, CompletableFuture<OrtSession> opening) {
    try (OrtSession.SessionOptions options = OrtRuntime.options(threads)) {
      options.addConfigEntry(
          "session.model_external_initializers_file_folder_path",
          graph.toAbsolutePath().resolveSibling("").toString());
      opening.complete(OrtRuntime.environment().createSession(part, options));
    } catch (OrtException | RuntimeException | OutOfMemoryError e) {
      opening.completeExceptionally(e);
    }
  }
}
