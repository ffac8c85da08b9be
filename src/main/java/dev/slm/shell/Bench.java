package dev.slm.shell;

import dev.slm.base.Problem;
import dev.slm.measure.Benchmark;
import dev.slm.measure.Evaluation;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where models are measured: this process, or an endpoint. */
public interface Bench {
  /** The group of commands that measure. */
  String GROUP = "Measuring";

  /** The workshop's variable for a service elsewhere. */
  String ENDPOINT = "FOUNDRY_LOCAL_ENDPOINT";

  Benchmark benchmark(Optional<URI> endpoint, boolean isStreamed);

  Evaluation evaluation(Optional<URI> endpoint);

  /** Frees what the session has loaded: a measured model is alone in memory. */
  void release();

  /** The models of the cache with their bytes on disk. */
  Map<String, Long> sizes();

  default List<String> names() {
    return List.copyOf(sizes().keySet());
  }

  /** The endpoint that a command or the environment names; empty for this process. */
  static Optional<URI> endpoint(Call call, Map<String, String> environment) {
    Optional<String> typed = call.option("endpoint");
    return typed
        .or(() -> Optional.ofNullable(environment.get(ENDPOINT)))
        .filter(text -> !text.isBlank())
        .map(text -> address(text, typed.isPresent() ? "--endpoint" : ENDPOINT));
  }

  private static URI address(String text, String from) {
    try {
      URI uri = new URI(text.strip().replaceAll("/+$", ""));
      if (uri.getHost() != null && List.of("http", "https").contains(uri.getScheme())) {
        boolean isBase = uri.getPath().isEmpty();
        return isBase ? new URI(uri + "/v1") : uri;
      }
    } catch (URISyntaxException e) {
      // the same answer as for another form
    }
    throw Problem.usage("'" + text + "' of " + from + " is not an endpoint")
        .why("expected an address such as http://localhost:5273/v1");
  }
}
