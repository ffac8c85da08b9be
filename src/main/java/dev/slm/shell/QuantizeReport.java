package dev.slm.shell;

import dev.slm.base.SafeText;
import dev.slm.base.Units;
import dev.slm.prepare.Numbers;
import dev.slm.prepare.Plan;
import dev.slm.prepare.Prepared;
import dev.slm.prepare.QualityReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What quantizing prints, before and after. */
final class QuantizeReport {
  private QuantizeReport() {}

  /** In a few lines, before the work begins. */
  static void announce(Screen screen, Plan plan) {
    screen.note(
        "%s, %s parameters, %s become '%s', about %s"
            .formatted(
                plan.family(),
                Units.count(plan.parameters()),
                Units.bytes(plan.sourceBytes()),
                plan.request().name(),
                Units.bytes(plan.resultBytes())));
    screen.note(
        "needs about %s, %s of disk (%s free), at most %s of memory"
            .formatted(
                Units.time(plan.time()),
                Units.bytes(plan.diskNeeded()),
                Units.bytes(plan.diskFree()),
                Units.bytes(plan.memoryNeeded())));
    plan.notes().forEach(screen::note);
    if (!plan.quality().note().isEmpty()) {
      screen.note(plan.quality().note());
    }
  }

  /** As a result of its own. */
  static void plan(Call call, Plan plan) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", plan.request().name());
    fields.put("family", plan.family());
    fields.put("parameters", plan.parameters());
    fields.put("sourceBytes", plan.sourceBytes());
    fields.put("resultBytes", plan.resultBytes());
    fields.put("diskBytes", plan.diskNeeded());
    fields.put("diskFreeBytes", plan.diskFree());
    fields.put("memoryBytes", plan.memoryNeeded());
    fields.put("memoryFreeBytes", plan.memoryFree());
    fields.put("seconds", plan.time().toSeconds());
    fields.put("notes", plan.notes());
    fields.put("quality", plan.quality().note());
    if (call.flag("json")) {
      call.screen().json(fields);
      return;
    }
    Table table = Table.of("", "").wrapsLast();
    fields.put("parameters", Units.count(plan.parameters()));
    fields.put("seconds", Units.time(plan.time()));
    fields.forEach((name, value) -> row(table, name, value));
    call.screen().table(table);
  }

  private static void row(Table table, String name, Object value) {
    boolean isBytes = name.endsWith("Bytes");
    String label = isBytes ? name.substring(0, name.length() - 5) : name;
    if (name.equals("seconds")) {
      label = "time";
    }
    String words = label.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
    if (value instanceof List<?> lines) {
      lines.forEach(line -> table.row("note", line));
    } else if (!String.valueOf(value).isEmpty()) {
      table.row(words, isBytes ? Units.bytes(((Number) value).longValue()) : value);
    }
  }

  static void result(Call call, Plan plan, Prepared made) {
    if (call.flag("json")) {
      call.screen().json(fields(made));
    } else {
      call.screen().table(table(plan, made));
    }
    Screen screen = call.screen();
    QualityReport quality = made.quality();
    if (quality.isMeasured()) {
      screen.note("measured on " + quality.measured());
    }
    screen.note(
        "took %s%s; saved in '%s'"
            .formatted(
                Units.time(made.time()),
                made.peakMemory() > 0
                    ? ", at most " + Units.bytes(made.peakMemory()) + " of memory"
                    : "",
                made.folder()));
    screen.note(
        "try: "
            + (made.isCached()
                ? "model run " + SafeText.word(made.name())
                : "model import " + SafeText.word(made.folder())));
  }

  private static Table table(Plan plan, Prepared made) {
    QualityReport quality = made.quality();
    Table table = Table.of(made.name(), ">BEFORE", ">AFTER");
    table.row("size", Units.bytes(made.sourceBytes()), Units.bytes(made.resultBytes()));
    table.row("weight error", "", Numbers.percent(quality.weightError()));
    if (quality.isMeasured()) {
      boolean compares = quality.baseline().compares();
      table.row(
          "perplexity",
          compares ? Numbers.four(quality.referencePerplexity()) : "",
          Numbers.four(quality.perplexity()));
    }
    if (quality.baseline().compares()) {
      table.row("KL divergence, mean", "", Numbers.four(quality.klMean()));
      table.row("KL divergence, p99", "", Numbers.four(quality.klP99()));
      table.row("same next token", "", Numbers.percent(quality.agreement()));
    }
    int worst =
        quality.layerErrors().entrySet().stream()
            .max(Map.Entry.comparingByValue())
            .map(Map.Entry::getKey)
            .orElse(-1);
    if (worst >= 0 && plan.request().options().precision().isBlockwise()) {
      table.row(
          "worst layer (" + worst + ")",
          "",
          Numbers.percent(quality.layerErrors().getOrDefault(worst, 0.0)));
    }
    return table;
  }

  private static Map<String, Object> fields(Prepared made) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", made.name());
    fields.put("folder", made.folder().toString());
    fields.put("cached", made.isCached());
    fields.put("sourceBytes", made.sourceBytes());
    fields.put("resultBytes", made.resultBytes());
    fields.put("seconds", made.time().toMillis() / 1000.0);
    fields.put("peakMemoryBytes", made.peakMemory());
    fields.put("quality", made.quality().forManifest());
    fields.put("qualityText", made.quality().measured());
    fields.put("qualityBaseline", made.quality().baseline().name().toLowerCase(Locale.ROOT));
    fields.put("qualitySkipped", made.quality().skipped());
    return fields;
  }
}
