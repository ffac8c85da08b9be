package dev.slm.interop;

import ai.onnxruntime.genai.GenAIException;
import ai.onnxruntime.genai.Generator;
import ai.onnxruntime.genai.GeneratorParams;
import ai.onnxruntime.genai.Model;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Loads the folders that {@link InteropModels} made in onnxruntime-genai and compares greedy
 * answers token by token. Prints a line for each folder; ends with status 1 when one differs.
 */
public final class GenaiCheck {
  private GenaiCheck() {}

  public static void main(String[] args) throws IOException, GenAIException {
    Path folder = Path.of(args[0]);
    Map<String, List<InteropCase>> byModel =
        InteropCase.read(folder).stream()
            .collect(Collectors.groupingBy(InteropCase::model, TreeMap::new, Collectors.toList()));
    int failed = 0;
    for (Map.Entry<String, List<InteropCase>> entry : byModel.entrySet()) {
      failed += check(folder.resolve(entry.getKey()), entry.getValue());
    }
    System.out.println(byModel.size() + " models, " + failed + " answers differ");
    System.exit(failed == 0 ? 0 : 1);
  }

  private static int check(Path folder, List<InteropCase> cases) throws GenAIException {
    int failed = 0;
    int tokens = 0;
    try (Model model = new Model(folder.toString())) {
      for (InteropCase given : cases) {
        List<Integer> found = answer(model, given);
        tokens += given.answer().size();
        if (!found.equals(given.answer())) {
          failed++;
          System.out.println("  expected " + given.answer());
          System.out.println("  found    " + found);
        }
      }
    }
    String verdict = failed == 0 ? "same" : failed + " DIFFER";
    System.out.println(
        folder.getFileName() + ": " + cases.size() + " answers, " + tokens + " tokens: " + verdict);
    return failed;
  }

  /** As many tokens as our own engine gave, and none if the model ended earlier. */
  private static List<Integer> answer(Model model, InteropCase given) throws GenAIException {
    int most = given.prompt().size() + given.answer().size();
    try (GeneratorParams params = new GeneratorParams(model)) {
      params.setSearchOption("max_length", most);
      params.setSearchOption("do_sample", false);
      // checkpoints may set one, and then greedy is not the most likely token any more
      params.setSearchOption("repetition_penalty", 1.0);
      try (Generator generator = new Generator(model, params)) {
        generator.appendTokens(given.prompt().stream().mapToInt(Integer::intValue).toArray());
        while (!generator.isDone() && generator.tokenCount() < most) {
          generator.generateNextToken();
        }
        return Arrays.stream(generator.getSequence(0)).skip(given.prompt().size()).boxed().toList();
      }
    }
  }
}
