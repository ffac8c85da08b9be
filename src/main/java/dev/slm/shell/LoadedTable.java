package dev.slm.shell;

import dev.slm.base.Units;
import java.time.Duration;
import java.time.Instant;
import tools.jackson.databind.JsonNode;

/** The models in a service's memory, as people read them. */
final class LoadedTable {
  private LoadedTable() {}

  static Table of(JsonNode list) {
    Table table = Table.of("MODEL", "ENGINE", "MEMORY", "CONTEXT", "EXPIRES", "IN USE");
    for (JsonNode model : list) {
      table.row(
          model.path("name").asString(),
          model.path("engine").asString(),
          Units.bytes(model.path("memory_bytes").asLong()),
          model.path("context_length").asString(),
          expires(model.path("expires").asString("")),
          model.path("users").asInt() > 0 ? "yes" : "");
    }
    return table;
  }

  private static String expires(String time) {
    return time.isEmpty()
        ? "never"
        : "in " + Units.time(Duration.between(Instant.now(), Instant.parse(time)));
  }
}
