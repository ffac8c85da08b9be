package dev.slm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Json;
import dev.slm.shell.Console;
import dev.slm.shell.Screen;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The demo model in each precision, made and measured with the commands that people type. {@code
 * -Dgolden.update} measures all of them and writes the table of {@code src/docs/precision.md};
 * without it the telling ones are held against what people rely on.
 */
class PrecisionsTest {
  private static final Path DOCUMENT = Path.of("src/docs/precision.md");
  private static final String BEGIN = "<!-- table: -Dtest=PrecisionsTest -Dgolden.update -->\n";
  private static final String END = "<!-- end of table -->\n";
  private static final String HEAD =
      """
      | options | size MB | of fp32 | right answers | perplexity | KL mean | KL p99 | same next token | weight error |
      |---|---|---|---|---|---|---|---|---|
      """;

  private static final List<String> TELLING =
      List.of("--precision fp32", "--recipe int8", "--recipe int4-mixed", "--recipe int4");

  private static final List<String> OTHERS =
      List.of(
          "--precision fp16",
          "--precision int8 --block-size 32",
          "--recipe int4-accurate",
          "--precision int4 --block-size 32 --symmetric",
          "--precision int4 --block-size 32 --asymmetric",
          "--precision int4 --block-size 128 --asymmetric",
          "--precision int4 --block-size 128 --asymmetric --algorithm k-quant");

  @TempDir Path home;

  /** What is known of a precision. */
  private record Row(String options, long bytes, int right, int questions, JsonNode quality) {
    double figure(String name) {
      return quality.path(name).asDouble(Double.NaN);
    }
  }

  @Test
  void precisionsCostWhatTheDocumentSays() throws IOException {
    boolean isUpdate = System.getProperty("golden.update") != null;
    Map<String, Row> rows = new LinkedHashMap<>();
    for (String options :
        isUpdate ? Stream.concat(TELLING.stream(), OTHERS.stream()).toList() : TELLING) {
      rows.put(options, measure(options));
    }
    if (isUpdate) {
      write(rows);
    }

    Row fp32 = row(rows, "--precision fp32");
    Row int8 = row(rows, "--recipe int8");
    Row mixed = row(rows, "--recipe int4-mixed");
    Row int4 = row(rows, "--recipe int4");
    // 38 is what PyTorch gives for the checkpoint
    assertThat(fp32.right()).isEqualTo(38);
    assertThat(fp32.figure("kl-mean")).isZero();
    assertThat(fp32.figure("perplexity")).isBetween(1.0, 1.2);
    assertThat(int8.right()).isBetween(37, 39);
    assertThat(int8.figure("top1-agreement")).isGreaterThan(0.99);
    assertThat(mixed.right()).isGreaterThanOrEqualTo(36);
    assertThat(int4.right()).isGreaterThanOrEqualTo(34);
    assertThat(int8.figure("kl-mean"))
        .isLessThan(mixed.figure("kl-mean"))
        .isLessThan(int4.figure("kl-mean"));
    assertThat(mixed.figure("weight-error")).isLessThan(int4.figure("weight-error"));
    assertThat((double) int8.bytes() / fp32.bytes()).isBetween(0.24, 0.34);
    assertThat((double) int4.bytes() / fp32.bytes()).isBetween(0.12, 0.2);
    // figures behind the size differ a little between processors
    for (Row row : rows.values()) {
      assertThat(Files.readString(DOCUMENT))
          .contains("| " + String.join(" | ", cells(row, fp32.bytes()).subList(0, 3)));
    }
  }

  private static Row row(Map<String, Row> rows, String options) {
    return Optional.ofNullable(rows.get(options)).orElseThrow();
  }

  private Row measure(String options) {
    String name = "demo-" + Integer.toHexString(options.hashCode());
    JsonNode made = run("quantize src/model/checkpoint " + options + " --name " + name + " --json");
    JsonNode answers =
        run("evaluate " + name + " --set src/model/evaluation.json --json").path(0).path("answers");
    int right = 0;
    for (JsonNode answer : answers) {
      right += answer.path("isRight").asBoolean() ? 1 : 0;
    }
    return new Row(
        options, made.path("resultBytes").asLong(), right, answers.size(), made.path("quality"));
  }

  private JsonNode run(String line) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Console console = new Console(Screen.plain(out, err), new Nobody());
    int status;
    try (App app = App.open(Map.of("SLM_HOME", home.resolve("home").toString()), home, "Linux")) {
      status = app.shell(console).run(List.of(line.split(" ")));
    }
    assertThat(status).as(line + "\n" + err).isZero();
    return Json.lenient().readTree(out.toString());
  }

  private static void write(Map<String, Row> rows) throws IOException {
    String document = Files.readString(DOCUMENT);
    StringBuilder table = new StringBuilder(HEAD);
    long whole = row(rows, "--precision fp32").bytes();
    for (Row row : rows.values()) {
      table.append("| ").append(String.join(" | ", cells(row, whole))).append(" |\n");
    }
    int begin = document.indexOf(BEGIN) + BEGIN.length();
    String changed =
        document.substring(0, begin) + table + document.substring(document.indexOf(END));
    Files.writeString(DOCUMENT, changed);
  }

  private static List<String> cells(Row row, long whole) {
    List<String> cells = new ArrayList<>(List.of("`" + row.options() + "`"));
    cells.add(text("%.1f", row.bytes() / 1e6));
    cells.add(text("%.0f %%", 100.0 * row.bytes() / whole));
    cells.add(row.right() + " of " + row.questions());
    cells.add(text("%.3f", row.figure("perplexity")));
    cells.add(text("%.2g", row.figure("kl-mean")));
    cells.add(text("%.2g", row.figure("kl-p99")));
    cells.add(text("%.1f %%", row.figure("top1-agreement") * 100));
    cells.add(text("%.1f %%", row.figure("weight-error") * 100));
    return cells;
  }

  private static String text(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
