package dev.slm.engine.genai;

import ai.onnxruntime.genai.GenAIException;
import ai.onnxruntime.genai.GeneratorParams;
import dev.slm.base.Problem;
import dev.slm.engine.TokenMask;
import dev.slm.model.GenerationSettings;
import java.util.ArrayList;
import java.util.List;

/** Our settings as onnxruntime-genai knows them; what it does not know is refused by name. */
final class SearchOptions {
  private SearchOptions() {}

  /** Refuses what the Java binding has no way to do. */
  static void check(GenerationSettings settings, TokenMask mask) {
    settings.checked();
    List<String> unknown = new ArrayList<>();
    note(unknown, "min_p", settings.minP() != 0);
    note(unknown, "presence_penalty", settings.presencePenalty() != 0);
    note(unknown, "frequency_penalty", settings.frequencyPenalty() != 0);
    note(unknown, "logit_bias", !settings.logitBias().isEmpty());
    note(unknown, "logprobs", settings.logprobs() != 0);
    note(unknown, "a grammar", !TokenMask.NONE.equals(mask));
    if (!unknown.isEmpty()) {
      throw Problem.usage("the engine 'genai' does not know " + String.join(", ", unknown))
          .next("model run NAME --engine ort");
    }
  }

  static void apply(GenerationSettings settings, int contextLength, GeneratorParams params)
      throws GenAIException {
    params.setSearchOption("max_length", contextLength);
    params.setSearchOption("do_sample", !settings.isGreedy());
    params.setSearchOption("repetition_penalty", settings.repetitionPenalty());
    params.setSearchOption("no_repeat_ngram_size", settings.noRepeatNgram());
    if (settings.isGreedy()) {
      params.setSearchOption("top_k", 1);
      return;
    }
    params.setSearchOption("temperature", settings.temperature());
    params.setSearchOption("top_k", settings.topK());
    params.setSearchOption("top_p", settings.topP());
    if (settings.seed().isPresent()) {
      // the library keeps 32 bits of a seed
      params.setSearchOption("random_seed", (int) settings.seed().getAsLong() & 0x7FFF_FFFF);
    }
  }

  private static void note(List<String> unknown, String name, boolean isUsed) {
    if (isUsed) {
      unknown.add("'" + name + "'");
    }
  }
}
