package dev.slm.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Something that is made on a thread of its own while its maker does other work. */
final class Background<T> {
  private final CompletableFuture<T> made = new CompletableFuture<>();

  private Background() {}

  static <T> Background<T> of(String thread, Supplier<T> work) {
    Background<T> background = new Background<>();
    Thread.ofPlatform().daemon().name(thread).start(() -> background.make(work));
    return background;
  }

  private void make(Supplier<T> work) {
    try {
      made.complete(work.get());
    } catch (RuntimeException | Error e) {
      made.completeExceptionally(e);
    }
  }

  /** Waits for it; what went wrong there is thrown here. */
  T get() {
    try {
      return made.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof RuntimeException known ? known : e;
    }
  }

  /** Gives it back as soon as it is there; nobody wants it any more. */
  void discard(Consumer<T> close) {
    var _ = made.thenAccept(close);
  }
}
