package dev.slm.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads figures as strictly as a monitor does, by the grammar of Prometheus' text format 0.0.4:
 * each family is described once and before its samples, no series comes twice, and the buckets of a
 * histogram grow up to its count.
 */
final class MetricsText {
  private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
  private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\"";
  private static final Pattern HELP = Pattern.compile("# HELP (" + NAME + ") \\S.*");
  private static final Pattern TYPE =
      Pattern.compile("# TYPE (" + NAME + ") (counter|gauge|histogram|summary|untyped)");
  private static final Pattern SAMPLE =
      Pattern.compile(
          "(%s)(?:\\{((?:%s)(?:,%s)*)?\\})? (NaN|[+-]Inf|[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)"
              .formatted(NAME, LABEL, LABEL));

  private final Map<String, String> types = new HashMap<>();
  private final Set<String> described = new HashSet<>();
  private final Map<String, Double> samples = new HashMap<>();
  private String family = "";

  /** The samples by series; fails at the first line that a monitor would refuse. */
  static Map<String, Double> read(String text) {
    assertThat(text).endsWith("\n");
    MetricsText reader = new MetricsText();
    text.lines().forEach(reader::line);
    reader.checkHistograms();
    return reader.samples;
  }

  private void line(String line) {
    Matcher help = HELP.matcher(line);
    Matcher type = TYPE.matcher(line);
    Matcher sample = SAMPLE.matcher(line);
    if (help.matches()) {
      assertThat(described.add(help.group(1))).as("described twice: " + line).isTrue();
    } else if (type.matches()) {
      family = type.group(1);
      assertThat(types.put(family, type.group(2))).as("typed twice: " + line).isNull();
    } else {
      assertThat(sample.matches()).as("not a sample: " + line).isTrue();
      String series = line.substring(0, line.lastIndexOf(' '));
      assertThat(sample.group(1)).as(line).matches(Pattern.quote(family) + suffixes());
      assertThat(samples.put(series, value(sample.group(3)))).as("twice: " + line).isNull();
    }
  }

  private String suffixes() {
    return switch (types.getOrDefault(family, "none")) {
      case "histogram" -> "_(bucket|sum|count)";
      case "summary" -> "(_sum|_count)?";
      default -> "";
    };
  }

  private static double value(String text) {
    return Double.parseDouble(text.replace("Inf", "Infinity"));
  }

  private void checkHistograms() {
    assertThat(described).isEqualTo(types.keySet());
    for (String series : samples.keySet()) {
      if (series.contains("le=\"+Inf\"")) {
        String count = series.replace("_bucket{", "_count{").replaceFirst(",?le=\"\\+Inf\"", "");
        assertThat(samples.get(series)).as(series).isEqualTo(samples.get(count));
        List<Double> buckets = buckets(series.replaceFirst("le=\"\\+Inf\"\\}", ""));
        assertThat(buckets).as(series).isSorted();
      }
    }
  }

  /** What the buckets of one histogram hold, from the smallest bound on. */
  private List<Double> buckets(String start) {
    Pattern bound = Pattern.compile(Pattern.quote(start) + "le=\"([^\"]+)\"\\}");
    Map<Double, Double> byBound = new TreeMap<>();
    samples.forEach(
        (series, count) -> {
          Matcher matcher = bound.matcher(series);
          if (matcher.matches()) {
            byBound.put(value(matcher.group(1)), count);
          }
        });
    return List.copyOf(byBound.values());
  }
}
