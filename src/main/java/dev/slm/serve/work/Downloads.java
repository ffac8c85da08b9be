package dev.slm.serve.work;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import java.util.List;
import java.util.Optional;

/** Models that are not here yet and can be fetched. */
public interface Downloads {
  /** For a service that only has what is in its cache. */
  Downloads NONE =
      new Downloads() {
        @Override
        public List<Offer> offers() {
          return List.of();
        }

        @Override
        public void fetch(String name, Optional<String> token, Progress progress) {
          throw Problem.usage("nothing can be downloaded here");
        }
      };

  /**
   * A model that can be fetched.
   *
   * @param name what it is called in the cache afterwards
   * @param source where it comes from, as a URL
   * @param bytes size in the cache, 0 when unknown
   */
  record Offer(
      String name,
      String alias,
      String publisher,
      String source,
      String licence,
      long bytes,
      int contextLength) {}

  /** What the catalog has. */
  List<Offer> offers();

  /**
   * Brings a model into the cache, or throws a problem that says why it cannot.
   *
   * @param token the hub's access token if a client sent one
   */
  void fetch(String name, Optional<String> token, Progress progress);
}
