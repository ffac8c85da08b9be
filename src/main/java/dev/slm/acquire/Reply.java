package dev.slm.acquire;

import dev.slm.base.Progress;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The answer to a request after its redirects.
 *
 * @param first the header of the first answer, where the hub says what it redirects to
 */
record Reply(URI uri, int status, HttpHeaders first, HttpHeaders headers, Body body)
    implements AutoCloseable {

  Optional<String> header(String name) {
    return headers.firstValue(name).or(() -> first.firstValue(name)).filter(it -> !it.isBlank());
  }

  OptionalLong length() {
    return headers.firstValueAsLong("content-length");
  }

  boolean isPage() {
    return header("content-type").orElse("").toLowerCase(Locale.ROOT).startsWith("text/html");
  }

  boolean isEncoded() {
    String encoding = headers.firstValue("content-encoding").orElse("identity");
    return !encoding.equalsIgnoreCase("identity");
  }

  /** The beginning of a short answer as text, for what it says about itself. */
  String text(int most, Progress progress) throws IOException {
    return new String(body.readAll(most, progress), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    body.close();
  }
}
