package dev.slm.text.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Hostile templates, case 4.3-11 of the reliability document: bounded, and one line each. */
class JinjaLimitsTest {
  /** Of processor time, which other work on the machine does not lengthen. */
  private static final Duration PROMISED = Duration.ofMillis(200);

  /** The first runs of a template are interpreted, and slow for a reason that is not its own. */
  private static final int RUNS = 3;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  @BeforeAll
  static void warm() {
    for (int i = 0; i < 20; i++) {
      assertThat(Jinja.parse("{% for i in range(100) %}{{ i }}{% endfor %}").render(Map.of()))
          .endsWith("99");
    }
  }

  @TestFactory
  Stream<DynamicTest> hostileTemplatesEndInOneLine() {
    return Map.ofEntries(
            Map.entry("{% for i in range(1000000000) %}x{% endfor %}", "100,000 steps"),
            Map.entry(
                "{% for i in range(50000) %}{% for j in range(50000) %}{% endfor %}{% endfor %}",
                "100,000 steps"),
            Map.entry("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "a depth of 100 calls"),
            Map.entry(
                "{% macro f() %}{{ g() }}{% endmacro %}{% macro g() %}{{ f() }}{% endmacro %}{{ f() }}",
                "a depth of 100 calls"),
            Map.entry("{{ 'A' * 2000000000 }}", "1 MB of text"),
            Map.entry("{{ [0] * 2000000000 }}", "1 MB of text"),
            Map.entry("{{ 'ab'|replace('', 'x' * 900000) }}", "1 MB of text"),
            Map.entry("{{ 'x'|indent(2000000000) }}", "1 MB of text"),
            Map.entry(
                "{% set ns = namespace(s='xxxxxxxxxx') %}{% for i in range(60) %}"
                    + "{% set ns.s = ns.s + ns.s %}{% endfor %}",
                "1 MB of text"),
            Map.entry("{% for i in range(3000) %}{{ 'A' * 1000 }}{% endfor %}", "1 MB of text"),
            Map.entry(
                "{% set s = 'A' * 1000000 %}{% for i in range(90000) %}{{ s|length }}{% endfor %}",
                "100,000 steps"),
            Map.entry("{{ " + "(".repeat(3000) + "1" + ")".repeat(3000) + " }}", "deeper than 100"),
            Map.entry("{{ " + "[".repeat(3000) + "]".repeat(3000) + " }}", "deeper than 100"),
            Map.entry("{{ " + "not ".repeat(3000) + "1 }}", "deeper than 100"),
            Map.entry("{{ " + "-".repeat(3000) + "1 }}", "deeper than 100"),
            Map.entry("{{ 1" + " + 1".repeat(3000) + " }}", "a depth of 800"),
            Map.entry("{{ x" + ".a".repeat(3000) + " }}", "a depth of 800"),
            Map.entry("{% if 1 %}".repeat(2000) + "{% endif %}".repeat(2000), "deeper than 100"),
            Map.entry("{% include '/etc/passwd' %}", "'include' is not supported"),
            Map.entry("{% import 'os' as os %}", "'import' is not supported"),
            Map.entry("{% extends 'x' %}", "'extends' is not supported"),
            Map.entry("{{ ''.__class__.__mro__ }}", "'__class__' is undefined"),
            Map.entry("{{ x.getClass().forName('a') }}", "undefined"),
            Map.entry("{{ range.__globals__['os'] }}", "'__globals__' is undefined"),
            Map.entry("{{ raise_exception('no such role') }}", "no such role"),
            Map.entry("{% for %}{{", "'}}' is missing"),
            Map.entry("{% for %}", "expected a name"),
            Map.entry("{{ 1", "'}}' is missing"),
            Map.entry("{# never closed", "a comment has no '#}'"),
            Map.entry("{{ 'never closed }}", "a text has no closing '"),
            Map.entry("{% if 1 %}", "expected 'endif'"),
            Map.entry("{% raw %}", "'raw' has no 'endraw'"),
            Map.entry("{{ 1 // 0 }}", "division by zero"),
            Map.entry("{{ 9223372036854775807 + 1 }}", "a number became too large"),
            Map.entry("{{ 9 ** 9 ** 9 }}", "a number became too large"),
            Map.entry("{{ 99999999999999999999 }}", "is too large"),
            Map.entry("{{ x|nosuch }}", "no filter named 'nosuch'"),
            Map.entry("{{ x is nosuch }}", "no test named 'nosuch'"),
            Map.entry("{{ x() }}", "'x' is undefined"),
            Map.entry("{{ 'a' + 1 }}", "cannot add a number to a text"),
            Map.entry("{{ 'a' < 1 }}", "cannot compare a text with a number"),
            Map.entry("{% set a, b = [1] %}", "expected 2 values to unpack, found 1"),
            Map.entry("{{ [1][::0] }}", "a slice cannot have a step of 0"),
            Map.entry("{{ '\\ud800\\uZZZZ' }}", "a bad escape"))
        .entrySet()
        .stream()
        .map(
            attack ->
                DynamicTest.dynamicTest(
                    attack.getKey().substring(0, Math.min(60, attack.getKey().length())),
                    () -> endsInOneLine(attack.getKey(), attack.getValue())));
  }

  private static void endsInOneLine(String template, String reason) {
    Duration least = PROMISED.multipliedBy(100);
    for (int run = 0; run < RUNS && least.compareTo(PROMISED) >= 0; run++) {
      long start = THREADS.getCurrentThreadCpuTime();
      assertThatThrownBy(() -> Jinja.parse(template).render(Map.of()))
          .isInstanceOf(TemplateFault.class)
          .hasMessageContaining(reason)
          .message()
          .doesNotContain("\n");
      Duration taken = Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - start);
      least = taken.compareTo(least) < 0 ? taken : least;
    }

    assertThat(least).isLessThan(PROMISED);
  }

  @Test
  void theLineAtFaultIsNamed() {
    assertThatThrownBy(
            () -> Jinja.parse("a\n{% if 1 %}\n{{ x.y.z }}\n{% endif %}").render(Map.of()))
        .hasMessage("'x' is undefined at line 3");
  }

  @Test
  void oneHonestTemplateIsNotStoppedByItsLength() {
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      expected.append(i).append(": some words of a long conversation\n");
    }

    String text =
        Jinja.parse(
                "{% for i in range(2000) %}{{ i ~ ': some words of a long conversation' }}\n"
                    + "\n{% endfor %}")
            .render(Map.of());

    assertThat(text.replace("\n\n", "\n")).isEqualTo(expected.toString());
  }
}
