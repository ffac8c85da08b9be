package dev.slm.profile;

import java.util.ArrayList;
import java.util.List;

/** Reads a family's file field by field, so that all its mistakes are told at once. */
final class FamilyReader {
  private FamilyReader() {}

  static Family read(Fields fields) {
    Family family =
        new Family(
            fields.text("name"),
            fields.text("description"),
            fields.text("source"),
            fields.texts("modelTypes"),
            fields.text("runtimeType"),
            fields.valuesByName("defaults"),
            fields.has("multimodal") ? multimodal(fields.object("multimodal")) : null,
            fields.flag("tied"),
            tensors(fields.object("tensors")),
            norm(fields),
            attention(fields.object("attention")),
            multipliers(fields.object("multipliers")),
            promptTemplates(fields),
            fields.texts("stopTokens"));
    checkTogether(fields, family);
    return family;
  }

  private static Family.Multimodal multimodal(Fields fields) {
    Family.Multimodal multimodal =
        new Family.Multimodal(
            fields.texts("modelTypes"),
            fields.text("config"),
            fields.textsByName("tensors"),
            fields.texts("leftOut"));
    fields.end();
    return multimodal;
  }

  private static Family.Tensors tensors(Fields fields) {
    Family.Tensors tensors =
        new Family.Tensors(
            fields.text("embedding"),
            fields.text("attentionNorm"),
            fields.textOrNull("query"),
            fields.textOrNull("key"),
            fields.textOrNull("value"),
            fields.textOrNull("queryKeyValue"),
            fields.textOrNull("queryNorm"),
            fields.textOrNull("keyNorm"),
            fields.text("output"),
            fields.textOrNull("attentionOutputNorm"),
            fields.text("feedForwardNorm"),
            fields.textOrNull("gate"),
            fields.textOrNull("up"),
            fields.textOrNull("gateUp"),
            fields.text("down"),
            fields.textOrNull("feedForwardOutputNorm"),
            fields.text("finalNorm"),
            fields.text("head"));
    fields.end();
    return tensors;
  }

  private static Family.Norm norm(Fields fields) {
    Fields inner = fields.object("norm");
    Family.Norm norm = new Family.Norm(inner.number("weightOffset", 0, 1));
    inner.end();
    return norm;
  }

  private static Family.Attention attention(Fields fields) {
    Family.Attention attention =
        new Family.Attention(
            fields.textOrNull("scale"),
            fields.textOrNull("scaleScalar"),
            fields.textOrNull("softCap"),
            fields.choice("windows", Family.Windows.class),
            fields.textOrNull("localRopeTheta"),
            fields.textOrNull("ropeLayers"));
    fields.end();
    return attention;
  }

  private static Family.Multipliers multipliers(Fields fields) {
    Family.Multipliers multipliers =
        new Family.Multipliers(
            fields.flag("embeddingBySquareRootOfSize"),
            fields.textOrNull("embedding"),
            fields.textOrNull("residual"),
            fields.textOrNull("logitsDivisor"),
            fields.textOrNull("softCap"));
    fields.end();
    return multipliers;
  }

  private static List<Family.PromptTemplate> promptTemplates(Fields fields) {
    List<Family.PromptTemplate> templates = new ArrayList<>();
    for (Fields inner : fields.objects("promptTemplates")) {
      templates.add(
          new Family.PromptTemplate(
              inner.text("mark"),
              inner.text("system"),
              inner.text("user"),
              inner.text("assistant"),
              inner.text("prompt")));
      inner.end();
    }
    return templates;
  }

  /** What only several fields together show. */
  private static void checkTogether(Fields fields, Family family) {
    Family.Tensors tensors = family.tensors();
    if (family.modelTypes().isEmpty()) {
      fields.mistake("modelTypes", "no type", "at least one");
    }
    if (family.promptTemplates().isEmpty()) {
      fields.mistake("promptTemplates", "no template", "at least one");
    }
    boolean hasThree = tensors.query() != null && tensors.key() != null && tensors.value() != null;
    if (hasThree == (tensors.queryKeyValue() != null)) {
      fields.mistake("tensors", "both or none", "either query, key and value, or queryKeyValue");
    }
    boolean hasTwo = tensors.gate() != null && tensors.up() != null;
    if (hasTwo == (tensors.gateUp() != null)) {
      fields.mistake("tensors", "both or none", "either gate and up, or gateUp");
    }
    if ((tensors.queryNorm() == null) != (tensors.keyNorm() == null)) {
      fields.mistake("tensors", "one of them", "queryNorm and keyNorm, or none");
    }
    if (family.attention().scale() != null && family.attention().scaleScalar() != null) {
      fields.mistake("attention", "both", "scale or scaleScalar");
    }
    for (Family.PromptTemplate template : family.promptTemplates()) {
      if (!template.user().contains("{Content}") || !template.prompt().contains("{Content}")) {
        fields.mistake("promptTemplates", "'" + template.mark() + "'", "{Content} in each text");
      }
    }
  }
}
