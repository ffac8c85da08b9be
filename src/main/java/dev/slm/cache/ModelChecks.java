package dev.slm.cache;

import dev.slm.base.Problem;
import dev.slm.base.SafePath;
import dev.slm.cache.FolderDoctor.Finding;
import dev.slm.model.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** Looks for what is wrong inside a model's folder. */
final class ModelChecks {
  /** Marks of chat templates: {@code <|im_start|>}, {@code <end_of_turn>}, {@code [INST]}. */
  private static final Pattern MARK = Pattern.compile("<\\|[^|<>]{1,40}\\|>|<[a-z_]{3,30}>");

  private final Path folder;
  private final List<Finding> findings = new ArrayList<>();

  private ModelChecks(Path folder) {
    this.folder = folder;
  }

  static List<Finding> of(Path folder) {
    ModelChecks checks = new ModelChecks(folder);
    checks.manifest();
    if (Files.exists(folder.resolve(FolderScan.RUNTIME_FILE))) {
      checks.runtime();
    }
    return checks.findings;
  }

  private void manifest() {
    if (!Files.exists(folder.resolve(Manifest.FILE_NAME))) {
      return;
    }
    try {
      Manifest manifest = ManifestFile.read(folder);
      for (Manifest.FileEntry entry : manifest.files()) {
        checkSize(manifest, entry);
      }
    } catch (Problem e) {
      boolean isNewer = e.what().contains("newer slm");
      add(
          FolderDoctor.text(e),
          "the model is listed by what its other files say",
          isNewer ? "use the newer slm" : "make the model again, then: cache remove");
    }
  }

  private void checkSize(Manifest manifest, Manifest.FileEntry entry) {
    Path file = SafePath.resolve(folder, Manifest.FILE_NAME, entry.path());
    String again = "cache remove " + manifest.name() + ", then make it again";
    try {
      if (Files.size(file) != entry.size()) {
        String why = Files.size(file) + " bytes, not " + entry.size();
        add("'" + file + "' has changed", why, again);
      }
    } catch (IOException _) {
      add("'" + file + "' is missing", "the manifest names it", again);
    }
  }

  private void runtime() {
    JsonNode runtime = read(FolderScan.RUNTIME_FILE);
    JsonNode model = runtime.path("model");
    if (runtime.isMissingNode()) {
      return;
    }
    refuseNativeCode(runtime);
    String graph = model.path("decoder").path("filename").asString("model.onnx");
    needs(graph, "the graph that " + FolderScan.RUNTIME_FILE + " names");
    if (graph.equals("model.onnx") && !Files.exists(folder.resolve("model.onnx.data"))) {
      noteSmallGraph(folder.resolve(graph));
    }
    needs("tokenizer.json", "text becomes tokens by it");
    checkLengths(runtime, model.path("context_length").asLong(0));
    checkTemplate();
  }

  /** Without a data file the weights are in the graph, which then cannot be tiny. */
  private void noteSmallGraph(Path graph) {
    try {
      if (Files.exists(graph) && Files.size(graph) < 200_000) {
        add(
            "'" + folder.resolve("model.onnx.data") + "' is missing",
            "the graph is too small to hold the weights",
            "copy the file beside model.onnx");
      }
    } catch (IOException _) {
      // a graph that cannot be looked at was told of already
    }
  }

  private void refuseNativeCode(JsonNode runtime) {
    if (runtime.findValue("custom_ops_library") != null) {
      add(
          FolderScan.RUNTIME_FILE + " names a native library of its own",
          "custom_ops_library runs foreign code when the model is loaded; it is refused here",
          "ask whoever made the model for one without it");
    }
  }

  private void checkLengths(JsonNode runtime, long context) {
    long search = runtime.path("search").path("max_length").asLong(0);
    if (context > 0 && search > context) {
      add(
          "search.max_length is " + search + " in " + FolderScan.RUNTIME_FILE,
          "the model's context is " + context + " tokens",
          "write " + context + " there");
    }
    JsonNode foundry = read(FolderScan.FOUNDRY_FILE);
    long wanted = foundry.path("ModelConfig").path("max_length").asLong(0);
    if (context > 0 && wanted > context) {
      add(
          "ModelConfig.max_length is " + wanted + " in " + FolderScan.FOUNDRY_FILE,
          "the model's context is " + context + " tokens",
          "write " + context + " there");
    }
  }

  /** Marks in the prompt template that the tokenizer does not know become ordinary letters. */
  private void checkTemplate() {
    JsonNode template = read(FolderScan.FOUNDRY_FILE).path("PromptTemplate");
    if (!template.isObject() || !Files.exists(folder.resolve("tokenizer.json"))) {
      return;
    }
    List<String> known = new ArrayList<>();
    read("tokenizer.json")
        .path("added_tokens")
        .forEach(token -> known.add(token.path("content").asString("")));
    List<String> unknown = new ArrayList<>();
    for (Map.Entry<String, JsonNode> part : template.properties()) {
      Matcher matcher = MARK.matcher(part.getValue().asString(""));
      while (matcher.find()) {
        if (!known.contains(matcher.group()) && !unknown.contains(matcher.group())) {
          unknown.add(matcher.group());
        }
      }
    }
    if (!unknown.isEmpty()) {
      add(
          "PromptTemplate in "
              + FolderScan.FOUNDRY_FILE
              + " has marks that the tokenizer does not know",
          String.join(", ", unknown),
          "use the template of the model's own family, or leave PromptTemplate out");
    }
  }

  private void needs(String file, String why) {
    if (!Files.exists(folder.resolve(file))) {
      add("'" + folder.resolve(file) + "' is missing", why, "copy the file there");
    }
  }

  /** A file as JSON; one that is not gives a finding, once. */
  private JsonNode read(String name) {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      return MissingNode.getInstance();
    }
    try {
      return FolderDoctor.json(file);
    } catch (Problem e) {
      Finding finding = new Finding(FolderDoctor.text(e), "it must be JSON", "correct the file");
      if (!findings.contains(finding)) {
        findings.add(finding);
      }
      return MissingNode.getInstance();
    }
  }

  private void add(String what, String why, String next) {
    findings.add(new Finding(what, why, next));
  }
}
