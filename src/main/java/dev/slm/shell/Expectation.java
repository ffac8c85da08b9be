package dev.slm.shell;

import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.base.Units;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Checks what the last command did; every check that fails is reported. */
final class Expectation {
  private static final int SHOWN = 400;

  private final Outcome outcome;
  private final List<String> mistakes = new ArrayList<>();

  Expectation(Outcome outcome) {
    this.outcome = outcome;
  }

  static boolean is(String line) {
    return line.equals("expect") || line.startsWith("expect ");
  }

  /** Whether a line asks for a failure of the command before it. */
  static boolean coversFailure(String line) {
    return is(line) && (line.contains("--status") || line.contains("--error"));
  }

  void status(int wanted) {
    check(outcome.status() == wanted, "status " + wanted, "status " + outcome.status());
  }

  void contains(String text) {
    check(outcome.out().contains(text), "'" + text + "'", shown(outcome.out()));
  }

  void lacks(String text) {
    check(!outcome.out().contains(text), "no '" + text + "'", shown(outcome.out()));
  }

  void errorContains(String text) {
    check(outcome.err().contains(text), "'" + text + "' on standard error", shown(outcome.err()));
  }

  void matches(String regex) {
    try {
      Pattern pattern = Pattern.compile(regex, Pattern.MULTILINE);
      check(
          pattern.matcher(outcome.out()).find(),
          "a match of '" + regex + "'",
          shown(outcome.out()));
    } catch (PatternSyntaxException e) {
      throw Problem.usage("'" + regex + "' is no regular expression").why(e.getDescription());
    } catch (StackOverflowError _) {
      throw Problem.usage("'" + regex + "' is too complex for this output");
    }
  }

  void within(Duration limit) {
    check(
        outcome.time().compareTo(limit) <= 0,
        "an end within " + Units.time(limit),
        Units.time(outcome.time()));
  }

  /** The value at a path of JSON output, checked against what is given. */
  void json(
      String path, Optional<String> equal, Optional<Double> atLeast, Optional<Double> atMost) {
    Optional<JsonNode> found = JsonPath.find(output(outcome), path);
    if (found.isEmpty()) {
      check(false, "a value at '" + path + "'", shown(outcome.out()));
      return;
    }
    String text = JsonPath.text(found.get());
    equal.ifPresent(wanted -> check(text.equals(wanted), path + " = " + wanted, text));
    atLeast.ifPresent(
        limit -> check(number(path, found.get()) >= limit, path + " ≥ " + plain(limit), text));
    atMost.ifPresent(
        limit -> check(number(path, found.get()) <= limit, path + " ≤ " + plain(limit), text));
  }

  void refuse() {
    if (!mistakes.isEmpty()) {
      String[] first = mistakes.getFirst().split("\n", 2);
      List<String> rest = new ArrayList<>();
      if (first.length > 1) {
        rest.add(first[1]);
      }
      mistakes.subList(1, mistakes.size()).forEach(rest::add);
      throw Problem.failed(first[0]).why(String.join("\n", rest));
    }
  }

  static JsonNode output(Outcome outcome) {
    try {
      return Json.tree(outcome.out());
    } catch (JacksonException e) {
      throw Problem.failed("the last output is not JSON")
          .why(shown(outcome.out()))
          .next("add --json to the command")
          .causedBy(e);
    }
  }

  private void check(boolean isMet, String wanted, String found) {
    if (!isMet) {
      mistakes.add("expected " + wanted + "\ngot: " + found);
    }
  }

  private static double number(String path, JsonNode node) {
    if (!node.isNumber()) {
      throw Problem.failed("'" + path + "' is no number").why("it is " + JsonPath.text(node));
    }
    return node.asDouble();
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }

  private static String shown(String text) {
    String whole = text.strip();
    if (whole.isEmpty()) {
      return "nothing";
    }
    return whole.length() <= SHOWN ? whole : whole.substring(0, SHOWN) + "…";
  }
}
