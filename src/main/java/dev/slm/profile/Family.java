package dev.slm.profile;

import dev.slm.base.Problem;
import dev.slm.base.SafeText;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An architecture of models as data: which tensor plays which role, and which switches its blocks
 * need. Numbers such as sizes come from each checkpoint's {@code config.json}.
 *
 * @param source where the facts come from
 * @param modelTypes values of {@code model_type} in {@code config.json} that mean this family
 * @param runtimeType what onnxruntime-genai calls it
 * @param defaults values of fields that its configurations leave out when they are usual
 * @param multimodal how checkpoints look that read more than text, of which only the text part is
 *     taken
 * @param tied whether embedding and head are one tensor when the configuration does not say
 * @param promptTemplates how its models take messages; the first whose mark stands in a model's
 *     chat template counts
 * @param stopTokens texts of tokens that end an answer, where the vocabulary has them
 */
public record Family(
    String name,
    String description,
    String source,
    List<String> modelTypes,
    String runtimeType,
    @Nullable Map<String, Object> defaults,
    @Nullable Multimodal multimodal,
    boolean tied,
    Tensors tensors,
    Norm norm,
    Attention attention,
    Multipliers multipliers,
    List<PromptTemplate> promptTemplates,
    List<String> stopTokens) {

  /**
   * A model of this family inside of one that sees or hears.
   *
   * @param modelTypes values of {@code model_type} that mean such a checkpoint
   * @param config the field of {@code config.json} that describes the part for text
   * @param tensors how names begin, and what they begin with in a checkpoint for text alone
   * @param leftOut how names of tensors begin that are not for text
   */
  public record Multimodal(
      List<String> modelTypes, String config, Map<String, String> tensors, List<String> leftOut) {
    public Multimodal {
      modelTypes = List.copyOf(modelTypes);
      tensors = Map.copyOf(tensors);
      leftOut = List.copyOf(leftOut);
    }

    /** A tensor's name in a checkpoint for text alone, empty when it is not for text. */
    public Optional<String> textName(String name) {
      if (leftOut.stream().anyMatch(name::startsWith)) {
        return Optional.empty();
      }
      return tensors.entrySet().stream()
          .filter(entry -> name.startsWith(entry.getKey()))
          .findFirst()
          .map(entry -> entry.getValue() + name.substring(entry.getKey().length()))
          .or(() -> Optional.of(name));
    }
  }

  /**
   * The names of tensors, with {@code %d} for the layer. A name that is absent switches its part
   * off; query, key and value come alone or as one, and so do gate and up.
   */
  public record Tensors(
      String embedding,
      String attentionNorm,
      @Nullable String query,
      @Nullable String key,
      @Nullable String value,
      @Nullable String queryKeyValue,
      @Nullable String queryNorm,
      @Nullable String keyNorm,
      String output,
      @Nullable String attentionOutputNorm,
      String feedForwardNorm,
      @Nullable String gate,
      @Nullable String up,
      @Nullable String gateUp,
      String down,
      @Nullable String feedForwardOutputNorm,
      String finalNorm,
      String head) {}

  /**
   * How norms differ.
   *
   * @param weightOffset added to the weights of every norm
   */
  public record Norm(float weightOffset) {}

  /** Which layers look back a window only, where the configuration has no list of its own. */
  public enum Windows {
    NONE,
    ALL,
    /** The first layer and every second one after it. */
    EVERY_OTHER,
    /** All but every n-th, n being {@code sliding_window_pattern}. */
    ALL_BUT_EVERY_NTH,
    /** Those from {@code max_window_layers} on, where {@code use_sliding_window} says so. */
    FROM_LAYER
  }

  /**
   * Names of fields of {@code config.json} that change attention; an absent one switches its part
   * off.
   *
   * @param scale the field that scores are multiplied by
   * @param scaleScalar the field whose inverse square root scores are multiplied by; without either
   *     it is the head size
   * @param softCap the field that bounds scores
   * @param localRopeTheta the field with the rotary base of layers that look back a window only
   * @param ropeLayers the field that lists, with 0 and 1, the layers that rotate
   */
  public record Attention(
      @Nullable String scale,
      @Nullable String scaleScalar,
      @Nullable String softCap,
      Windows windows,
      @Nullable String localRopeTheta,
      @Nullable String ropeLayers) {}

  /**
   * Names of fields of {@code config.json} that scale values on their way; an absent one switches
   * its part off.
   *
   * @param embeddingBySquareRootOfSize whether embeddings are multiplied by the square root of the
   *     hidden size
   * @param softCap the field that bounds the logits
   */
  public record Multipliers(
      boolean embeddingBySquareRootOfSize,
      @Nullable String embedding,
      @Nullable String residual,
      @Nullable String logitsDivisor,
      @Nullable String softCap) {}

  /**
   * How messages are written, with <code>{Content}</code> for the text.
   *
   * @param mark a text of the chat templates that are like this
   */
  public record PromptTemplate(
      String mark, String system, String user, String assistant, String prompt) {}

  public Family {
    modelTypes = List.copyOf(modelTypes);
    defaults = defaults == null ? Map.of() : Map.copyOf(defaults);
    promptTemplates = List.copyOf(promptTemplates);
    stopTokens = List.copyOf(stopTokens);
  }

  /** Reads a family's file and refuses it with all its mistakes. */
  public static Family read(Path file) {
    return ProfileFiles.single(file, FamilyReader::read);
  }

  /** The family of a {@code model_type}, or a problem that lists the known ones. */
  public static Family of(String modelType, List<Family> known) {
    return known.stream()
        .filter(family -> family.modelTypes.contains(modelType) || family.isMultimodal(modelType))
        .findFirst()
        .orElseThrow(() -> unknown(modelType, known));
  }

  /** Whether checkpoints of a {@code model_type} hold one of this family beside other things. */
  public boolean isMultimodal(String modelType) {
    return multimodal != null && multimodal.modelTypes.contains(modelType);
  }

  private static Problem unknown(String modelType, List<Family> known) {
    List<String> lines =
        known.stream()
            .map(family -> family.name + " (" + String.join(", ", family.modelTypes) + ")")
            .sorted()
            .toList();
    return Problem.badFile("no family for the model_type '" + SafeText.line(modelType) + "'")
        .why("known families and their model types: " + String.join("; ", lines))
        .next(
            "if its tensors and blocks are those of a known family, describe it in"
                + " profiles/families, see profiles/README.md");
  }
}
