package dev.slm.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Problem;
import dev.slm.engine.Engines;
import dev.slm.model.Message;
import dev.slm.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What models are measured on: read from the files that people have, seen as models see them. */
class QualityTextTest {
  private static final Path DEMO = Path.of("src/model/checkpoint");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'messages': [{'role': 'user', 'content': 'Q'}, {'role': 'assistant', 'content': 'A'}]}",
        "{'conversations': [{'from': 'human', 'value': 'Q'}, {'from': 'gpt', 'value': 'A'}]}",
        "{'prompt': 'Q', 'completion': ' A'}",
        "{'prompt': 'Q', 'exact': 'A'}",
        "{'instruction': 'Q', 'input': '', 'output': 'A'}",
      })
  void theShapesThatTrainersUseAreConversations(String item) throws IOException {
    String json = item.replace('\'', '"');

    List<Passage> expected =
        List.of(new Passage.Chat(List.of(Message.user("Q"), Message.assistant("A")), true));
    assertThat(read("a.jsonl", json + "\n\n")).isEqualTo(expected);
    assertThat(read("a.json", "[" + json + "]")).isEqualTo(expected);
  }

  @Test
  void eachAnswerOfAConversationCountsWithAllThatWasSaidBefore() throws IOException {
    List<Passage> passages =
        read(
            "a.jsonl",
            """
            {"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "1"}, \
            {"role": "assistant", "content": "one"}, {"role": "user", "content": "2"}, \
            {"role": "assistant", "content": "two"}]}
            """);

    assertThat(passages).hasSize(2);
    assertThat(passages.getLast())
        .isInstanceOfSatisfying(Passage.Chat.class, chat -> assertThat(chat.messages()).hasSize(5));
  }

  @Test
  void blankLinesSeparateThePassagesOfAText() throws IOException {
    assertThat(read("a.txt", "one\ntwo\n \nthree\n"))
        .containsExactly(new Passage.Plain("one\ntwo"), new Passage.Plain("three"));
    assertThat(read("a.jsonl", "{\"text\": \"one\"}")).containsExactly(new Passage.Plain("one"));
  }

  @Test
  void allMistakesOfAFileAreToldWithTheShapesThatAreKnown() {
    assertThatThrownBy(() -> read("a.jsonl", "{\"prompt\": \"Q\"}\nnothing\n{\"messages\": [{}]}"))
        .isInstanceOf(Problem.class)
        .hasMessageContainingAll(
            "a.jsonl", "line 1: has no question with an answer", "line 2: is not JSON")
        .hasMessageContaining("line 3.messages[0]: has no 'role'")
        .hasMessageContaining("\"completion\"");
    assertThatThrownBy(() -> read("a.json", "{}")).hasMessageContaining("is not a list");
    assertThatThrownBy(() -> read("a.txt", " \n")).hasMessageContaining("holds no text");
  }

  @Test
  void conversationsAreWrittenWithTheModelsTemplateAndItsAnswersCount() {
    String begin = "<|im_start|>user\nSay seven<|im_end|>\n<|im_start|>assistant\n";

    assertThat(written(true)).containsExactly(begin, "Seven.<|im_end|>\n");
    // how an answer goes on that only its beginning is known of, nobody knows
    assertThat(written(false)).containsExactly(begin, "Seven.");
  }

  @Test
  void conversationsThatAreWrittenOutInATextAreSeenAsTheModelSeesThem() {
    String text =
        "<|im_start|>user\nSay seven<|im_end|>\n<|im_start|>assistant\nSeven.<|im_end|>\n";
    EngineScorer scorer = new EngineScorer(Engines::load);
    Passage chat =
        new Passage.Chat(List.of(Message.user("Say seven"), Message.assistant("Seven.")), true);

    List<Sample> samples = scorer.samples(DEMO, List.of(new Passage.Plain(text), chat));

    assertThat(samples.getFirst().ids()).containsExactly(samples.getLast().ids());
    assertThat(samples.getFirst().counted()).isEqualTo(samples.getFirst().length() - 1);
  }

  private static List<String> written(boolean isWhole) {
    Passage chat =
        new Passage.Chat(List.of(Message.user("Say seven"), Message.assistant("Seven.")), isWhole);
    Sample sample = new EngineScorer(Engines::load).samples(DEMO, List.of(chat)).getFirst();
    try (Tokenizer tokenizer = Tokenizer.open(DEMO, "")) {
      int[] ids = sample.ids();
      int from = ids.length - sample.counted();
      return List.of(
          text(tokenizer, Arrays.copyOf(ids, from)),
          text(tokenizer, Arrays.copyOfRange(ids, from, ids.length)));
    }
  }

  @Test
  void theBuiltInTextsSuitChatModelsAndOthers() {
    assertThat(QualityText.shipped(true).passages())
        .hasSizeGreaterThan(15)
        .allMatch(Passage.Chat.class::isInstance);
    assertThat(QualityText.shipped(false).passages())
        .hasSizeGreaterThan(5)
        .allMatch(Passage.Plain.class::isInstance);
    assertThat(new EngineScorer(Engines::load).isChatModel(DEMO)).isTrue();
  }

  private static String text(Tokenizer tokenizer, int[] ids) {
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(tokenizer.text(id));
    }
    return text.toString();
  }

  private List<Passage> read(String name, String text) throws IOException {
    return QualityText.read(Files.writeString(folder.resolve(name), text)).passages();
  }
}
