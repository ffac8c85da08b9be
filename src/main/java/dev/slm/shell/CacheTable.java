package dev.slm.shell;

import dev.slm.base.Units;
import dev.slm.cache.CachedModel;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Cached models as a table for people and as fields for programs. */
final class CacheTable {
  private static final String NOTHING = "-";

  private CacheTable() {}

  static Table of(List<CachedModel> models, Instant now) {
    Table table =
        Table.of(
            "ALIAS",
            "!NAME",
            "?PRECISION",
            ">SIZE",
            ">?PARAMS",
            ">?CONTEXT",
            "?LAST USED",
            "STATE");
    for (CachedModel model : models) {
      table.row(
          model.alias(),
          Text.of(model.name(), Text.Style.NAME),
          precision(model),
          Units.bytes(model.bytes()),
          model.parameters() == 0 ? NOTHING : Units.count(model.parameters()),
          model.contextLength() == 0 ? NOTHING : Units.grouped(model.contextLength()),
          lastUsed(model.lastUsed(), now),
          state(model));
    }
    return table;
  }

  static Map<String, Object> fields(CachedModel model) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("alias", model.alias());
    fields.put("name", model.name());
    fields.put("id", model.id());
    fields.put("publisher", model.publisher());
    fields.put("version", model.version());
    fields.put("kind", lower(model.kind()));
    fields.put("precision", model.precision().map(precision -> precision.id()).orElse(""));
    fields.put("family", model.family());
    fields.put("bytes", model.bytes());
    fields.put("parameters", model.parameters());
    fields.put("contextLength", model.contextLength());
    fields.put("licence", model.licence());
    fields.put("lastUsed", model.lastUsed().map(Instant::toString).orElse(""));
    fields.put("state", lower(model.state()));
    fields.put("note", model.note());
    fields.put("folder", model.folder().toString());
    return fields;
  }

  static String lastUsed(Optional<Instant> lastUsed, Instant now) {
    return lastUsed.map(time -> ago(Duration.between(time, now))).orElse("never");
  }

  /** In one unit: nobody looks for the seconds of an hour. */
  private static String ago(Duration time) {
    if (time.toSeconds() < 1) {
      return "now";
    }
    if (time.toMinutes() < 1) {
      return time.toSeconds() + " s ago";
    }
    if (time.toHours() < 1) {
      return time.toMinutes() + " min ago";
    }
    return time.toDays() < 1 ? time.toHours() + " h ago" : time.toDays() + " d ago";
  }

  private static Text state(CachedModel model) {
    Text state =
        switch (model.state()) {
          case READY -> Text.of(model.isRunnable() ? "ready" : "to quantize", Text.Style.GOOD);
          case UNVERIFIED -> Text.of("unverified", Text.Style.WARNING);
          case DAMAGED -> Text.of("damaged", Text.Style.BAD);
        };
    boolean hasNote = model.state() == CachedModel.State.DAMAGED;
    return hasNote ? state.and(": " + model.note()) : state;
  }

  private static String precision(CachedModel model) {
    return model.precision().map(precision -> precision.id()).orElse(NOTHING);
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
