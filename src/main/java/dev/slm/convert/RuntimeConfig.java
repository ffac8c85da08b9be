package dev.slm.convert;

import dev.slm.base.DurableFile;
import dev.slm.base.Json;
import dev.slm.profile.Family;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** The two files that tell runtimes how to use a model. */
final class RuntimeConfig {
  private static final String GENAI = "genai_config.json";
  private static final String INFERENCE_MODEL = "inference_model.json";

  /**
   * onnxruntime-genai reserves the KV cache for this many tokens unless it is told otherwise, and
   * contexts of 128k tokens would take more memory than the model.
   */
  private static final int MOST_DEFAULT_LENGTH = 4096;

  private final Architecture architecture;
  private final TokenizerFiles files;
  private final List<Integer> endTokens;
  private final JsonNode generation;

  RuntimeConfig(Architecture architecture, TokenizerFiles files) {
    this.architecture = architecture;
    this.files = files;
    this.generation = files.generation().orElseGet(() -> Json.object());
    this.endTokens = endTokens();
  }

  /** Ids that end an answer. */
  List<Integer> stopTokens() {
    return endTokens;
  }

  /** Writes both files and returns their names. */
  List<String> write(Path folder, String name) {
    DurableFile.write(folder.resolve(GENAI), Json.pretty(genai()));
    DurableFile.write(folder.resolve(INFERENCE_MODEL), Json.pretty(inferenceModel(name)));
    return List.of(GENAI, INFERENCE_MODEL);
  }

  private List<Integer> endTokens() {
    List<Integer> ids = new ArrayList<>(architecture.tokens().end());
    JsonNode given = generation.path("eos_token_id");
    for (JsonNode id : given.isArray() ? given : List.of(given)) {
      if (id.canConvertToInt()) {
        ids.add(id.intValue());
      }
    }
    Map<String, Integer> added = files.addedTokens();
    for (String text : architecture.family().stopTokens()) {
      Optional.ofNullable(added.get(text)).ifPresent(ids::add);
    }
    int vocabulary = architecture.sizes().vocabulary();
    return ids.stream().distinct().filter(id -> id >= 0 && id < vocabulary).toList();
  }

  private Map<String, Object> genai() {
    int first = endTokens.isEmpty() ? 0 : endTokens.getFirst();
    Architecture.Tokens tokens = architecture.tokens();
    return ordered(
        "model",
        ordered(
            "bos_token_id", tokens.begin() < 0 ? first : tokens.begin(),
            "context_length", architecture.contextLength(),
            "decoder", decoder(),
            "eos_token_id", endTokens.size() == 1 ? endTokens.getFirst() : endTokens,
            "pad_token_id", paddingToken(first),
            "type", architecture.family().runtimeType(),
            "vocab_size", architecture.sizes().vocabulary()),
        "search",
        search());
  }

  /**
   * onnxruntime-genai takes this token at the end of a prompt for absent, and in batches wherever
   * it stands. Checkpoints often pad with the token that ends messages: the first candidate that
   * the chat template does not write is taken instead.
   */
  private int paddingToken(int endToken) {
    Map<String, Integer> added = files.addedTokens();
    String chatTemplate = files.chatTemplate();
    Set<Integer> written = new HashSet<>();
    added.forEach(
        (text, id) -> {
          if (chatTemplate.contains(text)) {
            written.add(id);
          }
        });
    IntStream candidates =
        IntStream.concat(
            IntStream.of(architecture.tokens().padding()),
            Stream.concat(files.neverWrittenTokens().stream(), Stream.of("<|endoftext|>"))
                .mapToInt(text -> added.getOrDefault(text, -1)));
    int begin = architecture.tokens().begin();
    return IntStream.concat(candidates, IntStream.of(begin))
        .filter(id -> id >= 0 && !written.contains(id))
        .findFirst()
        .orElse(endToken);
  }

  private Map<String, Object> decoder() {
    Architecture.Sizes sizes = architecture.sizes();
    return ordered(
        "session_options",
        ordered("log_id", "onnxruntime-genai", "provider_options", List.of()),
        "filename",
        Converter.GRAPH_FILE,
        "head_size",
        sizes.headSize(),
        "hidden_size",
        sizes.hidden(),
        "inputs",
        ordered(
            "input_ids", "input_ids",
            "attention_mask", "attention_mask",
            "past_key_names", "past_key_values.%d.key",
            "past_value_names", "past_key_values.%d.value"),
        "outputs",
        ordered(
            "logits", "logits",
            "present_key_names", "present.%d.key",
            "present_value_names", "present.%d.value"),
        "num_attention_heads",
        sizes.heads(),
        "num_hidden_layers",
        architecture.layers().size(),
        "num_key_value_heads",
        sizes.keyValueHeads());
  }

  private Map<String, Object> search() {
    return ordered(
        "diversity_penalty",
        0.0,
        "do_sample",
        generation.path("do_sample").asBoolean(false),
        "early_stopping",
        true,
        "length_penalty",
        1.0,
        "max_length",
        defaultLength(),
        "min_length",
        0,
        "no_repeat_ngram_size",
        0,
        "num_beams",
        1,
        "num_return_sequences",
        1,
        "past_present_share_buffer",
        true,
        "repetition_penalty",
        number("repetition_penalty", 0.01, 10, 1),
        "temperature",
        number("temperature", 0.01, 10, 1),
        "top_k",
        (int) number("top_k", 1, architecture.sizes().vocabulary(), 50),
        "top_p",
        number("top_p", 0.01, 1, 1));
  }

  private Map<String, Object> inferenceModel(String name) {
    Family.PromptTemplate template = promptTemplate();
    return ordered(
        "Name",
        name,
        "PromptTemplate",
        ordered(
            "system", template.system(),
            "user", template.user(),
            "assistant", template.assistant(),
            "prompt", template.prompt()),
        "ModelConfig",
        ordered(
            "max_length", defaultLength(),
            "temperature", number("temperature", 0.01, 10, 1),
            "top_p", number("top_p", 0.01, 1, 1),
            "repetition_penalty", number("repetition_penalty", 0.01, 10, 1)));
  }

  private Family.PromptTemplate promptTemplate() {
    String chatTemplate = files.chatTemplate();
    List<Family.PromptTemplate> known = architecture.family().promptTemplates();
    return known.stream()
        .filter(template -> chatTemplate.contains(template.mark()))
        .findFirst()
        .orElse(known.getLast());
  }

  private int defaultLength() {
    return Math.min(architecture.contextLength(), MOST_DEFAULT_LENGTH);
  }

  /** A setting of the checkpoint where it makes sense, a neutral one where it does not. */
  private double number(String field, double least, double most, double neutral) {
    JsonNode value = generation.path(field);
    boolean fits = value.isNumber() && value.doubleValue() >= least && value.doubleValue() <= most;
    return fits ? value.doubleValue() : neutral;
  }

  private static SequencedMap<String, Object> ordered(Object... keysAndValues) {
    SequencedMap<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }
}
