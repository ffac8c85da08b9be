package dev.slm.measure;

import dev.slm.base.DurableFile;
import dev.slm.base.Json;
import dev.slm.base.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Prompts with what a right answer looks like: a JSON list of {@code {"prompt": …}} with one of
 * {@code exact}, {@code starts_with}, {@code contains_all}, {@code contains_any} or {@code regex}.
 */
public record EvaluationSet(String name, List<Question> questions) {
  /** The set of the demo model. */
  public static final String DEMO = "slm-demo";

  private static final String DEMO_FILE = "/slm-demo/evaluation.json";
  private static final long LARGEST = 16 << 20;
  private static final List<String> KINDS =
      List.of("exact", "starts_with", "contains_all", "contains_any", "regex");

  private static final String EXPECTED =
      "each question has 'prompt' and one of " + String.join(", ", KINDS);

  /** A prompt and what is expected; capitals count only in patterns. */
  public record Question(String prompt, String kind, List<String> expected) {
    public Question {
      expected = List.copyOf(expected);
    }

    /** Whether an answer is right. */
    public boolean isRight(String answer) {
      String said = folded(answer);
      return switch (kind) {
        case "exact" -> said.equals(folded(expected.getFirst()));
        case "starts_with" -> said.startsWith(folded(expected.getFirst()));
        case "contains_all" -> expected.stream().allMatch(part -> said.contains(folded(part)));
        case "contains_any" -> expected.stream().anyMatch(part -> said.contains(folded(part)));
        default -> matches(answer);
      };
    }

    /** A pattern that takes for ever counts as not matching, not as an endless run. */
    private boolean matches(String answer) {
      try {
        return Pattern.compile(expected.getFirst()).matcher(new Bounded(answer)).find();
      } catch (Bounded.Exhausted | StackOverflowError e) {
        return false;
      }
    }

    private static String folded(String text) {
      return text.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    }
  }

  public EvaluationSet {
    questions = List.copyOf(questions);
  }

  /** The set of a file, or the shipped one of that name. */
  public static EvaluationSet read(String nameOrFile, Path file) {
    if (nameOrFile.equals(DEMO)) {
      return demo();
    }
    return parse(nameOrFile, Json.tree(file, LARGEST));
  }

  private static EvaluationSet demo() {
    try (InputStream in = EvaluationSet.class.getResourceAsStream(DEMO_FILE)) {
      if (in == null) {
        throw new IllegalStateException("no " + DEMO_FILE + " in the program");
      }
      return parse(DEMO, Json.tree(in.readAllBytes()));
    } catch (IOException e) {
      throw DurableFile.cannotRead(Path.of(DEMO_FILE), e);
    } catch (JacksonException e) {
      throw Json.problem(DEMO_FILE, e);
    }
  }

  private static EvaluationSet parse(String source, JsonNode list) {
    List<String> mistakes = new ArrayList<>();
    List<Question> questions = new ArrayList<>();
    if (list.isArray() && list.isEmpty()) {
      throw Problem.badFile("'" + source + "' has no questions").why(EXPECTED);
    }
    if (!list.isArray()) {
      mistakes.add("it is not a list of questions");
    }
    for (int i = 0; i < list.size(); i++) {
      question("[" + i + "]", list.path(i), mistakes).ifPresent(questions::add);
    }
    if (!mistakes.isEmpty()) {
      String count = mistakes.size() == 1 ? "one mistake" : mistakes.size() + " mistakes";
      throw Problem.badFile(count + " in '" + source + "':\n  " + String.join("\n  ", mistakes))
          .why(EXPECTED);
    }
    return new EvaluationSet(source, questions);
  }

  private static Optional<Question> question(String at, JsonNode node, List<String> mistakes) {
    int before = mistakes.size();
    String prompt = node.path("prompt").asString("");
    if (prompt.isBlank()) {
      mistakes.add(at + ".prompt: missing");
    }
    for (String field : node.propertyNames()) {
      if (!field.equals("prompt") && !KINDS.contains(field)) {
        mistakes.add(at + "." + field + ": unknown");
      }
    }
    List<String> kinds = KINDS.stream().filter(node::has).toList();
    if (kinds.size() != 1) {
      mistakes.add(at + ": expected one of " + String.join(", ", KINDS));
      return Optional.empty();
    }
    String kind = kinds.getFirst();
    List<String> expected = expected(at + "." + kind, kind, node.path(kind), mistakes);
    return mistakes.size() == before
        ? Optional.of(new Question(prompt, kind, expected))
        : Optional.empty();
  }

  private static List<String> expected(
      String at, String kind, JsonNode node, List<String> mistakes) {
    List<String> texts = new ArrayList<>();
    if (kind.startsWith("contains") && node.isArray()) {
      node.forEach(text -> texts.add(text.asString("")));
    } else {
      texts.add(node.asString(""));
    }
    if (texts.isEmpty() || texts.stream().anyMatch(String::isBlank)) {
      mistakes.add(
          at + ": expected " + (kind.startsWith("contains") ? "a list of texts" : "a text"));
    } else if (kind.equals("regex")) {
      try {
        Pattern.compile(texts.getFirst());
      } catch (PatternSyntaxException e) {
        mistakes.add(at + ": not a pattern: " + e.getDescription());
      }
    }
    return texts;
  }
}
