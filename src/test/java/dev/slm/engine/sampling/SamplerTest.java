package dev.slm.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.slm.engine.Logprobs;
import dev.slm.model.GenerationSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final GenerationSettings PLAIN =
      GenerationSettings.DEFAULT.withTemperature(1).withTopK(0).withTopP(1).withSeed(7);

  /** Probabilities 0.4, 0.3, 0.2, 0.1 at the tokens 3, 1, 0, 2. */
  private static final float[] ROW = logs(0.2, 0.3, 0.1, 0.4);

  @Test
  void greedyTakesTheHighestAndOfEqualOnesTheLowestId() {
    float[] row = {1, 5, 5, 2};

    int token = sampler(GenerationSettings.greedy(10)).choose(row, null);

    assertThat(token).isEqualTo(1);
  }

  @Test
  void greedyIgnoresTheFiltersOfSampling() {
    GenerationSettings settings =
        GenerationSettings.greedy(10).withTopK(1).withTopP(0.01).withMinP(0.9);

    assertThat(sampler(settings).choose(ROW.clone(), null)).isEqualTo(3);
  }

  @Test
  void drawsFollowTheProbabilities() {
    int draws = 20_000;

    int[] counts = count(PLAIN, draws);

    assertThat(counts[3] / (double) draws).isCloseTo(0.4, within(0.02));
    assertThat(counts[1] / (double) draws).isCloseTo(0.3, within(0.02));
    assertThat(counts[0] / (double) draws).isCloseTo(0.2, within(0.02));
    assertThat(counts[2] / (double) draws).isCloseTo(0.1, within(0.02));
  }

  @Test
  void temperatureSharpens() {
    int[] counts = count(PLAIN.withTemperature(0.5), 10_000);

    // squares of the probabilities: 0.16 of 0.30
    assertThat(counts[3] / 10_000.0).isCloseTo(0.533, within(0.02));
  }

  @Test
  void topKKeepsTheBest() {
    assertThat(drawn(PLAIN.withTopK(2))).containsExactly(1, 3);
  }

  @Test
  void topPKeepsTheFewestThatReachIt() {
    assertThat(drawn(PLAIN.withTopP(0.65))).containsExactly(1, 3);
    assertThat(drawn(PLAIN.withTopP(0.75))).containsExactly(0, 1, 3);
    assertThat(drawn(PLAIN.withTopP(0))).containsExactly(3);
  }

  @Test
  void minPKeepsThoseNearTheBest() {
    assertThat(drawn(PLAIN.withMinP(0.7))).containsExactly(1, 3);
    assertThat(drawn(PLAIN.withMinP(0.3).withTopK(4))).containsExactly(0, 1, 3);
    assertThat(drawn(PLAIN.withMinP(1))).containsExactly(3);
  }

  @Test
  void aSeedGivesTheSameChoices() {
    GenerationSettings settings = GenerationSettings.DEFAULT.withSeed(42);

    assertThat(choices(settings, 200)).isEqualTo(choices(settings, 200));
    assertThat(choices(settings.withSeed(43), 200)).isNotEqualTo(choices(settings, 200));
  }

  @Test
  void repetitionPenaltyCoversThePrompt() {
    float[] row = {1, 2, -1, 3};
    Sampler sampler =
        new Sampler(GenerationSettings.greedy(9).withPenalties(2, 0, 0, 0), new int[] {3, 2}, 4);

    int token = sampler.choose(row, null);

    assertThat(token).isEqualTo(1);
    assertThat(row).containsExactly(1, 2, -2, 1.5f);
  }

  @Test
  void presenceAndFrequencyPenaltiesCountTheAnswerOnly() {
    Sampler sampler =
        new Sampler(
            GenerationSettings.greedy(9).withPenalties(1, 1, 0.5, 0), new int[] {0, 0, 0}, 3);
    float[] row = {5, 5, 5};

    sampler.accept(1);
    sampler.accept(1);
    sampler.choose(row, null);

    assertThat(row).containsExactly(5, 3, 5);
  }

  @Test
  void noRunOfTheGivenLengthComesTwice() {
    Sampler sampler =
        new Sampler(
            GenerationSettings.greedy(9).withPenalties(1, 0, 0, 3), new int[] {1, 2, 3, 1, 2}, 5);
    float[] row = {0, 0, 0, 9, 1};

    assertThat(sampler.choose(row, null)).isEqualTo(4);
  }

  @Test
  void logitBiasForbidsAndForces() {
    GenerationSettings settings =
        GenerationSettings.greedy(9).withLogitBias(Map.of(3, -100.0, 2, 100.0));

    assertThat(sampler(settings).choose(ROW.clone(), null)).isEqualTo(2);
  }

  @Test
  void logitBiasOfAnUnknownTokenIsRefused() {
    GenerationSettings settings = GenerationSettings.DEFAULT.withLogitBias(Map.of(4, 1.0));

    assertThatThrownBy(() -> sampler(settings))
        .hasMessageContaining("'logit_bias' names the token 4");
  }

  @Test
  void aMaskLeavesOnlyWhatItAllows() {
    long[] allowed = {0b0101};

    assertThat(sampler(GenerationSettings.greedy(9)).choose(ROW.clone(), allowed)).isZero();
    assertThat(sampler(PLAIN).choose(ROW.clone(), new long[] {0b100})).isEqualTo(2);
    assertThat(sampler(PLAIN).choose(ROW.clone(), new long[1])).isEqualTo(Sampler.NONE);
    assertThat(sampler(PLAIN.withTopK(2)).choose(ROW.clone(), new long[1])).isEqualTo(Sampler.NONE);
  }

  @Test
  void logprobsAreThoseBeforeTemperatureAndPenalties() {
    Sampler sampler =
        sampler(GenerationSettings.greedy(9).withLogprobs(2).withLogitBias(Map.of(3, -100.0)));

    int token = sampler.choose(ROW.clone(), null);
    Logprobs logprobs = Objects.requireNonNull(sampler.logprobs(token));

    assertThat(token).isEqualTo(1);
    assertThat(logprobs.chosen()).isCloseTo(Math.log(0.3), within(1e-6));
    assertThat(logprobs.top()).extracting(Logprobs.Alternative::token).containsExactly(3, 1);
    assertThat(logprobs.top().getFirst().logprob()).isCloseTo(Math.log(0.4), within(1e-6));
  }

  @Test
  void selectionFindsWhatASortFinds() {
    Random random = new Random(5);
    TopTokens top = new TopTokens();
    for (int round = 0; round < 200; round++) {
      float[] row = randomRow(random, 1 + random.nextInt(300));
      int count = 1 + random.nextInt(row.length + 5);

      top.select(row, count);

      List<Integer> found = IntStream.range(0, top.size()).mapToObj(top::token).toList();
      assertThat(found).as("seed 5, round %d", round).isEqualTo(sorted(row, count));
    }
  }

  @Test
  void aWideNucleusIsFoundInSteps() {
    float[] row = new float[500];
    Arrays.fill(row, 1f);
    row[432] = 1.5f;

    Set<Integer> drawn = new TreeSet<>();
    Sampler sampler = new Sampler(PLAIN.withTopP(0.5), new int[] {1}, row.length);
    for (int i = 0; i < 4000; i++) {
      drawn.add(sampler.choose(row.clone(), null));
    }

    // half of the weight, best first and then by id
    assertThat(drawn).hasSizeBetween(240, 250).contains(432);
    assertThat(drawn.stream().filter(token -> token > 250)).containsExactly(432);
  }

  private static float[] randomRow(Random random, int size) {
    float[] row = new float[size];
    for (int i = 0; i < size; i++) {
      row[i] = random.nextInt(10) == 0 ? Float.NEGATIVE_INFINITY : random.nextInt(20);
    }
    return row;
  }

  private static List<Integer> sorted(float[] row, int count) {
    return IntStream.range(0, row.length)
        .boxed()
        .filter(token -> row[token] > Float.NEGATIVE_INFINITY)
        .sorted(
            Comparator.comparingDouble((Integer token) -> -row[token])
                .thenComparing(Comparator.naturalOrder()))
        .limit(count)
        .toList();
  }

  private static Sampler sampler(GenerationSettings settings) {
    return new Sampler(settings, new int[] {0}, 4);
  }

  private static int[] count(GenerationSettings settings, int draws) {
    int[] counts = new int[4];
    choices(settings, draws).forEach(token -> counts[token]++);
    return counts;
  }

  private static Set<Integer> drawn(GenerationSettings settings) {
    return new TreeSet<>(choices(settings, 500));
  }

  private static List<Integer> choices(GenerationSettings settings, int draws) {
    Sampler sampler = sampler(settings);
    List<Integer> choices = new ArrayList<>();
    for (int i = 0; i < draws; i++) {
      choices.add(sampler.choose(ROW.clone(), null));
    }
    return choices;
  }

  private static float[] logs(double... probabilities) {
    float[] logs = new float[probabilities.length];
    for (int i = 0; i < logs.length; i++) {
      logs[i] = (float) Math.log(probabilities[i]);
    }
    return logs;
  }
}
