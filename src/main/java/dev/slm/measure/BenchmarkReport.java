package dev.slm.measure;

import dev.slm.base.SafeText;
import dev.slm.base.Units;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A benchmark run as Markdown and as CSV. */
public final class BenchmarkReport {
  private static final int LONGEST_SAMPLE = 400;

  private BenchmarkReport() {}

  /** The workshop's table first, then everything else that was measured. */
  public static String markdown(BenchmarkRun run) {
    List<String> lines = new ArrayList<>();
    lines.add("# Benchmark report");
    lines.add("");
    lines.add("| Model | Avg Latency | p95 | TPS |");
    lines.add("| --- | ---: | ---: | ---: |");
    run.results().forEach(result -> lines.add(workshopRow(result)));
    lines.add("");
    lines.add(
        "TPS is the workshop's figure: all tokens, those of the prompt too, by the seconds of the answer.");
    lines.add("");
    lines.add("## Details");
    lines.add("");
    lines.add(
        "| Model | First token | p50 | Spread | Prompt tok/s | Answer tok/s | Load | Peak memory | Disk | Status |");
    lines.add("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |");
    run.results().forEach(result -> lines.add(detailRow(run, result)));
    addTags(run, lines);
    addSamples(run, lines);
    addSetup(run, lines);
    return String.join("\n", lines) + "\n";
  }

  private static String workshopRow(ModelResult result) {
    return row(
        safe(result.model()),
        seconds(result.latency().mean()),
        seconds(result.latency().percentile(95)),
        rate(result.workshopRate()));
  }

  private static String detailRow(BenchmarkRun run, ModelResult result) {
    return row(
        safe(result.model()),
        seconds(result.firstToken().percentile(50)),
        seconds(result.latency().percentile(50)),
        result.samples().size() > 1 ? percent(result.latency().spread()) : "",
        rate(result.promptRate()),
        rate(result.answerRate()),
        seconds(result.loadSeconds()),
        bytes(result.peakBytes()),
        bytes(result.diskBytes()),
        safe(run.status(result)));
  }

  private static void addTags(BenchmarkRun run, List<String> lines) {
    if (run.settings().tags().isEmpty()) {
      return;
    }
    lines.add("");
    lines.add("| Model | Capabilities | Noted size |");
    lines.add("| --- | --- | ---: |");
    for (ModelResult result : run.results()) {
      BenchmarkSettings.Tag tag = run.settings().tags().get(result.model());
      if (tag != null) {
        String size = tag.sizeMb() == 0 ? "" : tag.sizeMb() + " MB";
        lines.add(row(safe(result.model()), safe(String.join(", ", tag.capabilities())), size));
      }
    }
  }

  private static void addSamples(BenchmarkRun run, List<String> lines) {
    lines.add("");
    lines.add("## Sample answers");
    for (ModelResult result : run.results()) {
      if (result.isGood() && !result.samples().isEmpty()) {
        lines.add("");
        lines.add(
            "**"
                + safe(result.model())
                + "**, to “"
                + safe(result.samples().getFirst().prompt())
                + "”:");
        lines.add("");
        lines.add("> " + safe(shortened(result.sampleAnswer())));
      }
    }
  }

  private static void addSetup(BenchmarkRun run, List<String> lines) {
    BenchmarkSettings settings = run.settings();
    lines.add("");
    lines.add("## Setup");
    lines.add("");
    lines.add(
        "- "
            + run.started().truncatedTo(ChronoUnit.SECONDS)
            + ", slm "
            + run.version()
            + ", "
            + safe(run.place()));
    lines.add("- " + run.machine());
    lines.add(
        "- %s after %s, at most %d tokens, temperature 0"
            .formatted(
                counted(settings.rounds(), "round"),
                counted(settings.warmup(), "warm-up answer"),
                settings.maxTokens()));
    if (run.isCut()) {
      lines.add("- the run was ended before its end: these are the answers until then");
    }
    lines.add(
        "- percentiles are exact, interpolated between the two nearest values; spread is the standard deviation by the mean");
    if (run.results().stream().anyMatch(result -> result.loadSeconds() > 0)) {
      lines.add("- load is that of a model whose files and code were in memory already");
    }
    if (run.results().stream().anyMatch(result -> result.peakBytes() > 0)) {
      lines.add(
          "- peak memory is that of the whole process, Java too, counted anew for each model");
    }
    settings.prompts().forEach(prompt -> lines.add("- prompt: " + safe(prompt)));
  }

  private static String counted(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  /** One row a model; numbers in seconds, bytes and tokens per second. */
  public static String csv(BenchmarkRun run) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "model,status,latency_mean_s,latency_p50_s,latency_p95_s,latency_spread,first_token_p50_s,"
            + "prompt_tokens_per_s,answer_tokens_per_s,workshop_tokens_per_s,load_s,peak_bytes,"
            + "disk_bytes,answers,sample");
    run.results().forEach(result -> lines.add(csvRow(run, result)));
    return String.join("\r\n", lines) + "\r\n";
  }

  private static String csvRow(BenchmarkRun run, ModelResult result) {
    return List.of(
            result.model(),
            result.isGood() ? run.status(result) : result.failure(),
            plain(result.latency().mean()),
            plain(result.latency().percentile(50)),
            plain(result.latency().percentile(95)),
            plain(result.latency().spread()),
            plain(result.firstToken().percentile(50)),
            plain(result.promptRate().mean()),
            plain(result.answerRate().mean()),
            plain(result.workshopRate().mean()),
            plain(result.loadSeconds()),
            plain(result.peakBytes()),
            plain(result.diskBytes()),
            String.valueOf(result.samples().size()),
            result.sampleAnswer())
        .stream()
        .map(BenchmarkReport::quoted)
        .collect(Collectors.joining(","));
  }

  /** Quoted as RFC 4180 says; a leading sign that a spreadsheet would run is made text. */
  private static String quoted(String cell) {
    String text = cell.matches("(?s)[=+@\\t-].*") && !cell.matches("-?[0-9.]+") ? "'" + cell : cell;
    return text.matches("(?s).*[\",\\r\\n].*") ? "\"" + text.replace("\"", "\"\"") + "\"" : text;
  }

  /** Nothing where nothing was measured: a zero would count in every average. */
  private static String plain(double value) {
    return value == 0 ? "" : String.format(Locale.ROOT, "%.6f", value);
  }

  private static String plain(long value) {
    return value == 0 ? "" : String.valueOf(value);
  }

  private static String row(String... cells) {
    return "| " + String.join(" | ", cells) + " |";
  }

  /** {@code 0.123 s}; nothing where nothing was measured. */
  public static String seconds(double value) {
    return value == 0 ? "" : String.format(Locale.ROOT, "%.3f s", value);
  }

  /** {@code 34.5}; nothing where nothing was measured. */
  public static String rate(Figures figures) {
    return figures.isEmpty() ? "" : String.format(Locale.ROOT, "%.1f", figures.mean());
  }

  /** {@code 3.4 %}. */
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", share * 100);
  }

  /** {@code 3.4 MB}; nothing where nothing is known. */
  public static String bytes(long bytes) {
    return bytes == 0 ? "" : Units.bytes(bytes);
  }

  private static String shortened(String text) {
    return text.length() > LONGEST_SAMPLE ? text.substring(0, LONGEST_SAMPLE) + "…" : text;
  }

  /** Text of models and people, so that it stays text in a Markdown page. */
  private static String safe(String text) {
    return SafeText.line(text).replace("|", "\\|").replace("<", "&lt;").replace("`", "\\`");
  }
}
