package dev.slm.convert;

import dev.slm.format.Shown;
import dev.slm.profile.Family;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The class names of transformers in {@code architectures}. The family is chosen by {@code
 * model_type} alone; these say what the weights were trained to give.
 */
final class ModelClass {
  private static final String FIELD = "architectures";

  /** Models that sort or score texts have no head that writes any. */
  private static final Pattern WRITES_NO_TEXT =
      Pattern.compile(".*For(Sequence|Token)Classification|.*ForQuestionAnswering|.*RewardModel");

  private static final Pattern FAMILY = Pattern.compile("For[A-Z].*");

  private ModelClass() {}

  /** Refuses a class whose weights cannot write text. */
  static void check(ConfigFile config) {
    for (String name : config.texts(FIELD)) {
      config.require(
          !WRITES_NO_TEXT.matcher(name).matches(),
          FIELD,
          "is " + Shown.name(name) + ", which writes no text (expected a class ...ForCausalLM)");
    }
  }

  /** What to write where the {@code model_type} is missing. */
  static String hint(ConfigFile config, List<Family> known) {
    List<String> types = known.stream().flatMap(it -> it.modelTypes().stream()).sorted().toList();
    Optional<String> meant =
        config.texts(FIELD).stream()
            .map(name -> FAMILY.matcher(name).replaceFirst("").toLowerCase(Locale.ROOT))
            .filter(types::contains)
            .findFirst();
    return meant
        .map(type -> " (by architectures it is \"" + type + "\")")
        .orElse(types.stream().collect(Collectors.joining(", ", " (known are ", ")")));
  }
}
