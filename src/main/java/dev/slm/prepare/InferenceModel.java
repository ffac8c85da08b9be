package dev.slm.prepare;

import dev.slm.base.DurableFile;
import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.profile.Family;
import dev.slm.text.ChatTemplates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The {@code inference_model.json} that Foundry Local wants beside a model's files, for folders
 * that were made without one. What a folder says itself is left as it is.
 */
final class InferenceModel {
  private static final String FILE_NAME = "inference_model.json";

  private InferenceModel() {}

  /**
   * Writes the file if there is none.
   *
   * @param family as the folder's runtime configuration calls it
   */
  static void addTo(Path folder, String name, String family, List<Family> families) {
    Path file = folder.resolve(FILE_NAME);
    if (Files.exists(file)) {
      return;
    }
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("Name", name);
    promptTemplate(folder, family, families)
        .ifPresent(template -> model.put("PromptTemplate", fields(template)));
    DurableFile.write(file, Json.pretty(model));
  }

  /** None where the family is not sure: a wrong one spoils the answers of Foundry Local. */
  private static Optional<Family.PromptTemplate> promptTemplate(
      Path folder, String family, List<Family> families) {
    String chatTemplate = chatTemplate(folder);
    return families.stream()
        .filter(known -> known.runtimeType().equals(family) || known.modelTypes().contains(family))
        .flatMap(known -> known.promptTemplates().stream())
        .filter(template -> chatTemplate.contains(template.mark()))
        .findFirst();
  }

  private static String chatTemplate(Path folder) {
    try {
      return ChatTemplates.of(folder, List::of).text();
    } catch (Problem e) {
      // loading the model says what is wrong with its template
      return "";
    }
  }

  private static Map<String, String> fields(Family.PromptTemplate template) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("system", template.system());
    fields.put("user", template.user());
    fields.put("assistant", template.assistant());
    fields.put("prompt", template.prompt());
    return fields;
  }
}
