package dev.slm.serve.openai;

import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What stands around every part of one answer. */
record Envelope(String id, long created, String model, boolean hasUsageInParts) {

  static Envelope of(String prefix, String model, boolean hasUsageInParts) {
    byte[] random = new byte[12];
    ThreadLocalRandom.current().nextBytes(random);
    return new Envelope(
        prefix + HexFormat.of().formatHex(random),
        Instant.now().getEpochSecond(),
        model,
        hasUsageInParts);
  }

  /** A whole answer. */
  Map<String, @Nullable Object> whole(String object, Object choice, Object usage) {
    Map<String, @Nullable Object> body = head(object);
    body.put("choices", List.of(choice));
    body.put("usage", usage);
    return body;
  }

  /** A part of a stream; its usage is null until the last part, where it was asked for. */
  Map<String, @Nullable Object> part(String object, Object choice) {
    Map<String, @Nullable Object> body = head(object);
    body.put("choices", List.of(choice));
    if (hasUsageInParts) {
      body.put("usage", null);
    }
    return body;
  }

  Map<String, @Nullable Object> usageOnly(String object, Object usage) {
    Map<String, @Nullable Object> body = head(object);
    body.put("choices", List.of());
    body.put("usage", usage);
    return body;
  }

  private Map<String, @Nullable Object> head(String object) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("id", id);
    body.put("object", object);
    body.put("created", created);
    body.put("model", model);
    return body;
  }
}
