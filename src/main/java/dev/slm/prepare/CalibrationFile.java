package dev.slm.prepare;

import dev.slm.base.DurableFile;
import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.base.Units;
import dev.slm.model.Message;
import dev.slm.model.Role;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads what people have to compare models on: a text whose passages are separated by blank lines,
 * or a list of conversations (JSON) or one on each line (JSONL) as they are used for fine-tuning
 * and evaluation.
 */
final class CalibrationFile {
  private static final long LARGEST_BYTES = 16L * 1000 * 1000;
  private static final int MOST_TOLD = 5;
  private static final String SHAPES =
      "each is {\"messages\": [{\"role\", \"content\"}, …]}, {\"conversations\": [{\"from\","
          + " \"value\"}, …]}, {\"prompt\", \"completion\"}, {\"prompt\", \"starts_with\"},"
          + " {\"instruction\", \"input\", \"output\"} or {\"text\"}";

  private final String file;
  private final List<Passage> passages = new ArrayList<>();
  private final List<String> mistakes = new ArrayList<>();

  private CalibrationFile(String file) {
    this.file = file;
  }

  static List<Passage> read(Path file) {
    try {
      long size = Files.size(file);
      if (size > LARGEST_BYTES) {
        throw Problem.usage("'" + file + "' has " + Units.bytes(size))
            .why("a calibration text has at most " + Units.bytes(LARGEST_BYTES));
      }
      return parse(file.toString(), Files.readString(file));
    } catch (CharacterCodingException e) {
      throw Problem.badFile("'" + file + "' is not UTF-8 text").causedBy(e);
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    }
  }

  static List<Passage> parse(String file, String text) {
    CalibrationFile parsed = new CalibrationFile(file);
    String ending = file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    switch (ending) {
      case "jsonl" -> parsed.lines(text);
      case "json" -> parsed.list(text);
      default -> parsed.passages.addAll(plain(text));
    }
    return parsed.checked();
  }

  private static List<Passage.Plain> plain(String text) {
    return Arrays.stream(text.split("\\R\\h*\\R"))
        .map(String::strip)
        .filter(passage -> !passage.isEmpty())
        .map(Passage.Plain::new)
        .toList();
  }

  private void lines(String text) {
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (!line.isBlank()) {
        try {
          item("line " + number, tree(line));
        } catch (JacksonException e) {
          mistakes.add("line " + number + ": is not JSON");
        }
      }
    }
  }

  private void list(String text) {
    JsonNode root;
    try {
      root = tree(text);
    } catch (JacksonException e) {
      throw Json.problem(file, e);
    }
    if (!root.isArray()) {
      mistakes.add("it is not a list");
    }
    for (int i = 0; i < root.size() && root.isArray(); i++) {
      item("[" + i + "]", root.path(i));
    }
  }

  private static JsonNode tree(String text) {
    return Json.tree(text.getBytes(StandardCharsets.UTF_8));
  }

  private void item(String at, JsonNode item) {
    if (item.path("messages").isArray()) {
      chat(at + ".messages", item.path("messages"), "role", "content");
    } else if (item.path("conversations").isArray()) {
      chat(at + ".conversations", item.path("conversations"), "from", "value");
    } else if (item.path("text").isString()) {
      passages.addAll(plain(item.path("text").stringValue()));
    } else {
      pair(at, item);
    }
  }

  private void pair(String at, JsonNode item) {
    Optional<String> question = text(item, "prompt", "instruction", "question");
    Optional<String> whole = text(item, "completion", "response", "output", "answer", "exact");
    Optional<String> answer = whole.or(() -> text(item, "starts_with"));
    if (question.isEmpty() || answer.isEmpty()) {
      mistakes.add(at + ": has no question with an answer");
      return;
    }
    String more = text(item, "input").map(input -> "\n\n" + input).orElse("");
    passages.add(
        new Passage.Chat(
            List.of(Message.user(question.get() + more), Message.assistant(answer.get().strip())),
            whole.isPresent()));
  }

  private static Optional<String> text(JsonNode item, String... names) {
    return Arrays.stream(names)
        .map(name -> item.path(name).asString(""))
        .filter(value -> !value.isBlank())
        .findFirst();
  }

  /** Each answer makes a passage of its own, with all that was said before it. */
  private void chat(String at, JsonNode turns, String roleField, String textField) {
    List<Message> said = new ArrayList<>();
    boolean isAnswered = false;
    for (int i = 0; i < turns.size(); i++) {
      JsonNode turn = turns.path(i);
      Optional<Role> role = role(turn.path(roleField).asString(""));
      if (role.isEmpty() || !turn.path(textField).isString()) {
        mistakes.add(at + "[" + i + "]: has no '" + roleField + "' that is known with text");
        return;
      }
      said.add(new Message(role.get(), turn.path(textField).stringValue()));
      if (role.get() == Role.ASSISTANT && said.size() > 1) {
        passages.add(new Passage.Chat(said, true));
        isAnswered = true;
      }
    }
    if (!isAnswered) {
      mistakes.add(at + ": has no answer of the assistant");
    }
  }

  private static Optional<Role> role(String name) {
    return switch (name) {
      case "system" -> Optional.of(Role.SYSTEM);
      case "user", "human" -> Optional.of(Role.USER);
      case "assistant", "gpt", "model" -> Optional.of(Role.ASSISTANT);
      default -> Optional.empty();
    };
  }

  private List<Passage> checked() {
    if (!mistakes.isEmpty()) {
      int more = mistakes.size() - MOST_TOLD;
      throw Problem.badFile(
              "'"
                  + file
                  + "': "
                  + String.join("; ", mistakes.stream().limit(MOST_TOLD).toList())
                  + (more > 0 ? "; and " + more + " more" : ""))
          .why(SHAPES);
    }
    if (passages.isEmpty()) {
      throw Problem.badFile("'" + file + "' holds no text");
    }
    return passages;
  }
}
