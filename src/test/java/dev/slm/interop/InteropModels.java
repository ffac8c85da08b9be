package dev.slm.interop;

import dev.slm.base.Json;
import dev.slm.base.Progress;
import dev.slm.convert.Converter;
import dev.slm.engine.Engines;
import dev.slm.engine.LoadSettings;
import dev.slm.engine.LoadedModel;
import dev.slm.engine.Sequence;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Precision;
import dev.slm.prepare.RecipeOptions;
import dev.slm.profile.Family;
import dev.slm.profile.Profiles;
import dev.slm.quantize.Encoder;
import dev.slm.quantize.WeightOptions;
import dev.slm.testing.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Makes model folders of every precision and family, and writes down what our own engine answers
 * with them. {@link GenaiCheck} then asks onnxruntime-genai the same. Started by {@code
 * src/test/interop/genai.sh}.
 */
public final class InteropModels {
  private static final int DEMO_LAYERS = 4;
  private static final Path DEMO = Path.of("src/model/checkpoint");
  private static final int TINY_TOKENS = 24;

  private final Path target;
  private final List<Family> families;
  private final List<InteropCase> cases = new ArrayList<>();

  private InteropModels(Path target) throws IOException {
    this.target = target;
    try (Stream<Path> files = Files.list(Path.of("profiles/families"))) {
      this.families = files.sorted().map(Family::read).toList();
    }
  }

  public static void main(String[] args) throws IOException {
    InteropModels models = new InteropModels(Path.of(args[0]));
    models.addDemos();
    models.addTinyModels();
    InteropCase.write(models.target, models.cases);
  }

  private void addDemos() {
    List<int[]> prompts = new ArrayList<>();
    for (JsonNode given : Json.tree(Path.of("src/model/reference.json"), 1 << 20).get("cases")) {
      prompts.add(Json.lenient().convertValue(given.get("prompt_ids"), int[].class));
    }
    Map<String, WeightOptions> precisions = new LinkedHashMap<>();
    precisions.put("fp32", WeightOptions.of(Precision.FP32));
    precisions.put("fp16", WeightOptions.of(Precision.FP16));
    precisions.put("int8", WeightOptions.of(Precision.INT8));
    precisions.put("int4", WeightOptions.of(Precision.INT4));
    precisions.put("int4-128-asymmetric", WeightOptions.of(Precision.INT4).withBlocks(128, false));
    WeightOptions mixed = RecipeOptions.of(Profiles.shipped().recipe("int4-mixed"));
    precisions.put("int4-mixed", mixed.forLayers(DEMO_LAYERS));
    precisions.forEach((name, options) -> add("demo-" + name, DEMO, options, prompts, 48));
  }

  private void addTinyModels() {
    // longer than every window, shorter than every short context
    int[] prompt = {1, 256, 12, 99, 5, 5, 200, 31, 257, 64};
    for (String kind : TinyModel.kinds()) {
      Path checkpoint = TinyModel.write(kind, target.resolve("checkpoints").resolve(kind));
      // onnxruntime-genai computes a conversation again at 4,097 tokens, whatever the model says
      int most = kind.equals("phi4_mini") ? 6 : TINY_TOKENS;
      for (Precision precision : Precision.values()) {
        add(
            "tiny-" + kind + "-" + precision.id(),
            checkpoint,
            WeightOptions.of(precision),
            List.of(prompt),
            most);
      }
    }
  }

  private void add(
      String name, Path checkpoint, WeightOptions options, List<int[]> prompts, int most) {
    Path folder = target.resolve(name);
    Family family = Converter.familyOf(checkpoint, families);
    boolean isTied = Converter.architecture(checkpoint, family).isTied();
    try (Encoder encoder = new Encoder(options, isTied, 2, Progress.NONE)) {
      Converter.convert(checkpoint, family, encoder, name, folder, Progress.NONE);
    }
    try (LoadedModel model =
        Engines.load().find(Engines.DEFAULT).load(folder, new LoadSettings(1, 0), Progress.NONE)) {
      for (int[] prompt : prompts) {
        cases.add(
            new InteropCase(
                name, Arrays.stream(prompt).boxed().toList(), answer(model, prompt, most)));
      }
    }
  }

  private static List<Integer> answer(LoadedModel model, int[] prompt, int most) {
    List<Integer> answer = new ArrayList<>();
    try (Sequence sequence = model.newSequence()) {
      sequence.generate(
          prompt, GenerationSettings.greedy(most), Sequence.Tokens.of(answer::add), Progress.NONE);
    }
    return answer;
  }
}
