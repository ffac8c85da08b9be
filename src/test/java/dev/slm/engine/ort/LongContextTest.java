package dev.slm.engine.ort;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Progress;
import dev.slm.convert.Converter;
import dev.slm.engine.LoadSettings;
import dev.slm.engine.LoadedModel;
import dev.slm.engine.Sequence;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Precision;
import dev.slm.profile.Family;
import dev.slm.profile.Profiles;
import dev.slm.quantize.Encoder;
import dev.slm.quantize.WeightOptions;
import dev.slm.testing.ReferenceForward;
import dev.slm.testing.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Phi 4 mini rotates positions by other factors once a context is longer than the one it was
 * trained on first, also the positions before: the total length decides, whatever is computed at
 * once.
 */
class LongContextTest {
  /** The tiny model's border is moved behind the first piece of a prompt, which has 256 tokens. */
  private static final int BORDER = 300;

  private static final Offset<Float> TOLERANCE = Offset.offset(1e-4f);

  @TempDir private static Path folder;
  private static ReferenceForward reference;
  private static LoadedModel model;

  @BeforeAll
  static void convert() throws IOException {
    Path checkpoint = TinyModel.write("phi4_mini", folder.resolve("checkpoint"));
    Path config = checkpoint.resolve("config.json");
    String longer =
        Files.readString(config)
            .replace("\"max_position_embeddings\" : 64", "\"max_position_embeddings\" : 640")
            .replace(
                "\"original_max_position_embeddings\" : 16",
                "\"original_max_position_embeddings\" : " + BORDER);
    Files.writeString(config, longer);
    Path made = Files.createDirectory(folder.resolve("model"));
    Family family = Converter.familyOf(checkpoint, Profiles.shipped().families());
    try (Encoder encoder = new Encoder(WeightOptions.of(Precision.FP32), true, 1, Progress.NONE)) {
      Converter.convert(checkpoint, family, encoder, "tiny", made, Progress.NONE);
    }
    reference = new ReferenceForward(checkpoint);
    model = new OrtEngine().load(made, new LoadSettings(1, 0).madeHere(), Progress.NONE);
  }

  @AfterAll
  static void close() {
    model.close();
    reference.close();
  }

  @Test
  void aLongPromptInPiecesIsWhatItIsAtOnce() {
    int[] ids = ids(BORDER + 20);
    List<float[]> rows = new ArrayList<>();

    try (Sequence sequence = model.newSequence()) {
      sequence.score(ids, (_, logits) -> rows.add(logits.clone()), Progress.NONE);
    }

    float[][] expected = reference.logits(ids);
    for (int i : new int[] {0, 100, 255, 256, BORDER - 1, BORDER, ids.length - 1}) {
      assertThat(rows.get(i)).as("position " + i).containsExactly(expected[i], TOLERANCE);
    }
  }

  @Test
  void anAnswerThatCrossesTheBorderGoesOnAsTheLongContext() {
    int[] prompt = ids(BORDER - 3);

    try (Sequence sequence = model.newSequence()) {
      int[] answer = greedy(sequence, prompt, 8);

      assertThat(answer).containsExactly(expected(prompt, 8));
    }
  }

  @Test
  void theNextTurnOnEitherSideOfTheBorderUsesNoKeysOfTheOther() {
    int[] shortPrompt = ids(BORDER - 40);
    int[] longPrompt = ids(BORDER + 4);

    try (Sequence sequence = model.newSequence()) {
      for (int[] prompt : List.of(shortPrompt, longPrompt, shortPrompt)) {
        assertThat(greedy(sequence, prompt, 2)).containsExactly(expected(prompt, 2));
      }
    }
  }

  @Test
  void aSavedConversationGoesOnOnItsSideOfTheBorder() {
    int[] prompt = ids(BORDER + 4);
    Path file = folder.resolve("saved");

    try (Sequence sequence = model.newSequence()) {
      greedy(sequence, prompt, 1);
      sequence.save(file);
    }

    try (Sequence sequence = model.restore(file)) {
      assertThat(sequence.length()).isGreaterThan(BORDER);
      assertThat(greedy(sequence, prompt, 3)).containsExactly(expected(prompt, 3));
    }
  }

  private static int[] greedy(Sequence sequence, int[] prompt, int count) {
    List<Integer> answer = new ArrayList<>();
    GenerationSettings settings =
        GenerationSettings.greedy(count)
            .withLogitBias(Map.of(TinyModel.END_OF_TEXT, -100.0, 258, -100.0));
    sequence.generate(prompt, settings, Sequence.Tokens.of(answer::add), Progress.NONE);
    return answer.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Everything computed again for each token, by plain loops. */
  private static int[] expected(int[] prompt, int count) {
    int[] all = prompt;
    for (int i = 0; i < count; i++) {
      float[] logits = reference.logits(all)[all.length - 1];
      logits[TinyModel.END_OF_TEXT] -= 100;
      logits[258] -= 100;
      int best = 0;
      for (int id = 1; id < logits.length; id++) {
        best = logits[id] > logits[best] ? id : best;
      }
      all = Arrays.copyOf(all, all.length + 1);
      all[all.length - 1] = best;
    }
    return Arrays.copyOfRange(all, prompt.length, all.length);
  }

  private static int[] ids(int count) {
    return new Random(7).ints(count, 0, 250).toArray();
  }
}
