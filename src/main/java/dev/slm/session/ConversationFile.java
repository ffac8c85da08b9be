package dev.slm.session;

import dev.slm.base.DurableFile;
import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.model.FinishReason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Conversations on disk: as JSON, which can be loaded again and has the shape of the OpenAI
 * protocol's messages, or as Markdown, which people read.
 */
public final class ConversationFile {
  private static final int FORMAT = 1;
  private static final long LARGEST = 64 << 20;

  private static final String MARKDOWN_TITLE = "# Conversation with ";

  /**
   * What a file holds.
   *
   * @param model the model that answered, empty when the file does not say
   * @param unanswered a last question without an answer; it is not part of the conversation
   */
  public record Saved(
      Conversation conversation, Optional<String> model, Optional<String> unanswered) {}

  private ConversationFile() {}

  /**
   * Writes Markdown to a file that ends with {@code .md}, JSON to any other. Takes the place of an
   * earlier conversation and of nothing else.
   */
  public static void save(Path file, Conversation conversation, String model) {
    if (Files.exists(file) && !isConversation(file)) {
      throw Problem.usage("'" + file + "' exists and is not a saved conversation")
          .next("/save ANOTHER-NAME");
    }
    DurableFile.write(
        file, isMarkdown(file) ? markdown(conversation, model) : json(conversation, model));
  }

  /** Whether a file of this name gets Markdown, which cannot be loaded again. */
  public static boolean isMarkdown(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".md");
  }

  /** Where the KV cache of a saved conversation is kept. */
  public static Path cacheOf(Path file) {
    return file.resolveSibling(file.getFileName() + ".cache");
  }

  private static boolean isConversation(Path file) {
    try {
      if (isMarkdown(file)) {
        byte[] title = MARKDOWN_TITLE.getBytes(StandardCharsets.UTF_8);
        try (InputStream in = Files.newInputStream(file)) {
          return Arrays.equals(in.readNBytes(title.length), title);
        }
      }
      return messages(Json.tree(file, LARGEST)).isArray();
    } catch (IOException | Problem _) {
      return false;
    }
  }

  private static JsonNode messages(JsonNode root) {
    return root.isArray() ? root : root.path("messages");
  }

  static String json(Conversation conversation, String model) {
    List<Map<String, Object>> messages = new ArrayList<>();
    conversation.system().ifPresent(text -> messages.add(message("system", text)));
    for (Turn turn : conversation.turns()) {
      messages.add(message("user", turn.question()));
      Map<String, Object> answer = message("assistant", turn.answer());
      if (!turn.reasoning().isEmpty()) {
        answer.put("reasoning", turn.reasoning());
      }
      answer.put("finish_reason", turn.reason().name().toLowerCase(Locale.ROOT));
      messages.add(answer);
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("format", FORMAT);
    fields.put("model", model);
    fields.put("forgotten", conversation.forgotten());
    fields.put("messages", messages);
    return Json.pretty(fields);
  }

  private static Map<String, Object> message(String role, String content) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("role", role);
    fields.put("content", content);
    return fields;
  }

  static String markdown(Conversation conversation, String model) {
    StringBuilder text = new StringBuilder(MARKDOWN_TITLE + model + "\n");
    conversation.system().ifPresent(system -> part(text, "System", system));
    for (Turn turn : conversation.turns()) {
      part(text, "Question", turn.question());
      if (!turn.reasoning().isEmpty()) {
        part(text, "Reasoning", turn.reasoning());
      }
      part(text, "Answer", turn.answer());
    }
    return text.toString();
  }

  private static void part(StringBuilder text, String heading, String content) {
    text.append("\n## ").append(heading).append("\n\n").append(content.strip()).append('\n');
  }

  /** Reads a file that was saved as JSON, or a list of messages that another program wrote. */
  public static Saved load(Path file) {
    if (!Files.isRegularFile(file)) {
      throw Problem.usage("no file '" + file + "'");
    }
    JsonNode root = Json.tree(file, LARGEST);
    JsonNode messages = messages(root);
    if (!messages.isArray()) {
      throw mistake(file, "has no list of messages");
    }
    Conversation conversation = new Conversation();
    Optional<String> question = Optional.empty();
    for (JsonNode message : messages) {
      String content = content(file, message);
      switch (message.path("role").asString("")) {
        case "system", "developer" -> conversation.system(Optional.of(content));
        case "user" ->
            question = Optional.of(question.map(before -> before + "\n\n").orElse("") + content);
        case "assistant" -> {
          conversation.add(turn(question.orElse(""), content, message));
          question = Optional.empty();
        }
        default -> throw mistake(file, "has a message of an unknown role");
      }
    }
    int forgotten = root.path("forgotten").asInt(0);
    conversation.forgetUpTo(Math.clamp(forgotten, 0, conversation.turns().size()));
    Optional<String> model = Optional.of(root.path("model").asString(""));
    return new Saved(conversation, model.filter(name -> !name.isEmpty()), question);
  }

  private static String content(Path file, JsonNode message) {
    JsonNode content = message.path("content");
    if (!content.isString()) {
      throw mistake(file, "has a message without text");
    }
    return content.asString();
  }

  private static Turn turn(String question, String answer, JsonNode message) {
    String reason = message.path("finish_reason").asString("stop").toUpperCase(Locale.ROOT);
    FinishReason known =
        List.of(FinishReason.values()).stream()
            .filter(each -> each.name().equals(reason))
            .findFirst()
            .orElse(FinishReason.STOP);
    return new Turn(question, answer, message.path("reasoning").asString(""), known);
  }

  private static Problem mistake(Path file, String what) {
    return Problem.badFile("'" + file + "' " + what);
  }
}
