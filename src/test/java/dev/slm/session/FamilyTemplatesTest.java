package dev.slm.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Problem;
import dev.slm.model.Message;
import dev.slm.profile.Family;
import dev.slm.text.ChatTemplate;
import dev.slm.text.ChatTemplates;
import dev.slm.text.PromptOptions;
import dev.slm.text.PromptTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The last resort for folders without a chat template: what the profile of the family says. */
class FamilyTemplatesTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/family-templates.txt");
  private static final Path CHECKPOINT = Path.of("src/model/checkpoint");

  private static final Map<String, List<Message>> SHAPES = new LinkedHashMap<>();

  static {
    Message question = Message.user("Hi there");
    Message answer = Message.assistant("Hello!");
    SHAPES.put("question", List.of(question));
    SHAPES.put("second question", List.of(question, answer, Message.user("And now?")));
    SHAPES.put(
        "system and second question",
        List.of(Message.system("Be brief."), question, answer, Message.user("And now?")));
  }

  @TempDir private Path folder;

  @Test
  void everyFamilysPatternsWriteTheThreeShapes() throws IOException {
    StringBuilder found = new StringBuilder();
    for (Path file : families()) {
      Family family = Family.read(file);
      for (PromptTemplate template : patterns(family)) {
        Path model = modelWithToken(family.name() + found.length(), template.mark());
        ChatTemplate chat = ChatTemplates.of(model, () -> List.of(template));
        for (Map.Entry<String, List<Message>> shape : SHAPES.entrySet()) {
          found
              .append("--- %s, %s: %s%n".formatted(family.name(), template.mark(), shape.getKey()))
              .append(chat.render(fields(shape.getValue()), PromptOptions.ANSWER))
              .append("⏎\n");
        }
      }
    }

    if (System.getProperty("golden.update") != null) {
      Files.writeString(GOLDEN, found);
    }
    assertThat(found.toString()).isEqualTo(Files.readString(GOLDEN));
  }

  @Test
  void theModelsSpecialTokensChooseAmongAFamilysPatterns() throws IOException {
    List<PromptTemplate> llama = patterns(Family.read(Path.of("profiles/families/llama.json")));

    ChatTemplate chat =
        ChatTemplates.of(modelWithToken("llama3", "<|start_header_id|>"), () -> llama);

    assertThat(chat.source()).isEqualTo("the profile of its family");
    assertThat(chat.text()).contains("<|eot_id|>").doesNotContain("<|im_start|>");
  }

  @Test
  void theFilesOfTheModelComeFirstInTheirOrder() throws IOException {
    Path model = modelWithToken("ordered", "<|im_start|>");
    List<PromptTemplate> qwen = patterns(Family.read(Path.of("profiles/families/qwen2.json")));
    List<String> sources = new ArrayList<>();

    sources.add(ChatTemplates.of(model, () -> qwen).source());
    Files.writeString(
        model.resolve("inference_model.json"),
        "{\"PromptTemplate\": {\"user\": \"U{Content}\", \"assistant\": \"A{Content}\"}}");
    sources.add(ChatTemplates.of(model, () -> qwen).source());
    Files.writeString(model.resolve("tokenizer_config.json"), "{\"chat_template\": \"x\"}");
    sources.add(ChatTemplates.of(model, () -> qwen).source());
    Files.writeString(model.resolve("chat_template.jinja"), "y");
    sources.add(ChatTemplates.of(model, () -> qwen).source());

    assertThat(sources)
        .containsExactly(
            "the profile of its family",
            "inference_model.json",
            "tokenizer_config.json",
            "chat_template.jinja");
  }

  @Test
  void aModelThatNothingFitsIsRefusedWithWhatToDo() throws IOException {
    Path model = modelWithToken("alien", "<|alien|>");
    List<PromptTemplate> qwen = patterns(Family.read(Path.of("profiles/families/qwen2.json")));

    assertThatThrownBy(() -> ChatTemplates.of(model, () -> qwen))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.what()).isEqualTo("'" + model + "' has no chat template");
              assertThat(problem.why().orElse("")).contains("none of its family fits its tokens");
              assertThat(problem.next().orElse("")).contains("chat_template.jinja");
            });
  }

  private Path modelWithToken(String name, String token) throws IOException {
    Path model = Files.createDirectory(folder.resolve(name));
    String tokenizer = Files.readString(CHECKPOINT.resolve("tokenizer.json"));
    String quoted = token.replace("\\", "\\\\").replace("\"", "\\\"");
    Files.writeString(model.resolve("tokenizer.json"), tokenizer.replace("<|im_start|>", quoted));
    return model;
  }

  private static List<Path> families() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("profiles/families"))) {
      return files.sorted().toList();
    }
  }

  private static List<PromptTemplate> patterns(Family family) {
    return family.promptTemplates().stream()
        .map(t -> new PromptTemplate(t.mark(), t.system(), t.user(), t.assistant(), t.prompt()))
        .toList();
  }

  private static List<Map<String, Object>> fields(List<Message> messages) {
    return messages.stream()
        .map(
            message ->
                Map.<String, Object>of("role", message.role().id(), "content", message.content()))
        .toList();
  }
}
