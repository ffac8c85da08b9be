package dev.slm.convert;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.slm.base.Json;
import dev.slm.profile.Family;
import dev.slm.testing.ReferenceForward;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The demo model against what PyTorch computed for it. */
class DemoModelTest {
  static final Path CHECKPOINT = Path.of("src/model/checkpoint");

  @TempDir private static Path folder;
  private static Converter.Converted converted;
  private static OnnxRun run;
  private static JsonNode cases;

  @BeforeAll
  static void convert() throws OrtException {
    Family family = Converter.familyOf(CHECKPOINT, List.of(FamilyFiles.read("qwen2")));
    converted = Conversions.fp32(CHECKPOINT, family, folder);
    run = new OnnxRun(folder);
    cases = Json.tree(Path.of("src/model/reference.json"), 1 << 20).get("cases");
  }

  @AfterAll
  static void close() throws OrtException {
    run.close();
  }

  @Test
  void topLogitsOfEveryPromptAreThoseOfTheReference() throws OrtException {
    for (JsonNode given : cases) {
      run.reset();
      float[] logits = run.nextLast(ids(given.get("prompt_ids")));

      assertTopLogits(given, logits);
    }
  }

  @Test
  void plainLoopsGiveTheTopLogitsOfTheReference() {
    try (ReferenceForward reference = new ReferenceForward(CHECKPOINT)) {
      for (JsonNode given : cases) {
        int[] prompt = ids(given.get("prompt_ids"));

        float[] logits = reference.logits(prompt)[prompt.length - 1];

        assertTopLogits(given, logits);
      }
    }
  }

  @Test
  void greedyAnswersAreThoseOfTheReference() throws OrtException {
    assertThat(cases).hasSize(10);
    for (JsonNode given : cases) {
      int[] expected = ids(given.get("greedy_ids"));

      List<Integer> answer =
          run.greedy(ids(given.get("prompt_ids")), expected.length + 1, converted.stopTokens());

      assertThat(answer).as(given.get("prompt").stringValue()).containsExactly(boxed(expected));
    }
  }

  @Test
  void theLastPositionAloneHasTheLogitsThatAllPositionsHave() throws OrtException {
    int[] prompt = ids(cases.get(1).get("prompt_ids"));
    run.reset();
    float[][] all = run.next(prompt);
    run.reset();

    float[] last = run.nextLast(prompt);

    assertThat(all.length).isEqualTo(prompt.length);
    assertThat(last).containsExactly(all[prompt.length - 1], Offset.offset(1e-4f));
  }

  private static void assertTopLogits(JsonNode given, float[] logits) {
    JsonNode top = given.get("last_position");
    for (int i = 0; i < top.get("top5_ids").size(); i++) {
      assertThat(logits[top.get("top5_ids").get(i).intValue()])
          .as(given.get("prompt").stringValue())
          .isCloseTo(top.get("top5_logits").get(i).floatValue(), Offset.offset(1e-3f));
    }
  }

  private static int[] ids(JsonNode node) {
    int[] ids = new int[node.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = node.get(i).intValue();
    }
    return ids;
  }

  private static Integer[] boxed(int[] ids) {
    return Arrays.stream(ids).boxed().toArray(Integer[]::new);
  }
}
