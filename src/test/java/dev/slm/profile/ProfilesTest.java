package dev.slm.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ProfilesTest {
  /** Objects whose fields are somebody else's, or the file's own choice. */
  private static final Set<String> OPEN = Set.of("defaults", "multimodal");

  @TempDir Path folder;

  @Test
  void theDefaultRecipeIsTheFastestThatWasMeasured() {
    Recipe recipe = Profiles.shipped().recipe("int4");

    assertThat(recipe.precision()).isEqualTo(Precision.INT4);
    assertThat(recipe.blockSize()).isEqualTo(128);
    assertThat(recipe.symmetric()).isTrue();
    assertThat(recipe.accuracyLevel()).isEqualTo(4);
    assertThat(recipe.head()).isEqualTo(Optional.empty());
    assertThat(recipe.bitsPerWeight()).isEqualTo(4.25);
  }

  @Test
  void theUsersFileReplacesAShippedOneAsAWhole() throws IOException {
    write("recipes/fp16.json", shipped("recipes/fp16.json").replace("Weights as", "Mine are"));

    Profiles profiles = Profiles.load(folder);

    assertThat(profiles.recipe("fp16").description()).startsWith("Mine are");
    assertThat(profiles.recipes()).hasSameSizeAs(Profiles.shipped().recipes());
  }

  @Test
  void theUsersFileAddsAModel() throws IOException {
    String mine = shipped("catalog/qwen2.5-0.5b.json").replace("qwen2.5-0.5b", "my-model");
    write("catalog/my-model.json", mine);

    assertThat(Profiles.load(folder).model("my-model").family()).isEqualTo("qwen2");
  }

  @Test
  void theUsersFamilyIsOneLikeTheShippedOnes() throws IOException {
    String mine = shipped("families/qwen2.json");
    write("families/mine.json", mine.replace("\"qwen2\"", "\"mine\""));
    write("families/llama.json", shipped("families/llama.json").replace("<|eot_id|>", "<|end|>"));

    Profiles profiles = Profiles.load(folder);

    assertThat(Family.of("mine", profiles.families()).name()).isEqualTo("mine");
    assertThat(Family.of("llama", profiles.families()).stopTokens()).contains("<|end|>");
    assertThat(profiles.families()).hasSize(Profiles.shipped().families().size() + 1);
    assertThat(Profiles.userFiles(folder)).isEqualTo(2);
  }

  @Test
  void allMistakesOfAllFilesAreToldTogether() throws IOException {
    write(
        "catalog/qwen2.5-0.5b.json",
        shipped("catalog/qwen2.5-0.5b.json")
            .replace("494032768", "\"many\"")
            .replace("\"chat\"", "\"sing\"")
            .replace("\"gated\"", "\"gatedd\""));
    write("recipes/int4.json", shipped("recipes/int4.json").replace("128", "100"));
    write(
        "families/qwen2.json",
        shipped("families/qwen2.json")
            .replace("stopTokens", "stopTocens")
            .replace("from-layer", "last"));
    write("families/mine.json", shipped("families/llama.json"));
    write(
        "catalog/mine.json",
        shipped("catalog/phi-4.json").replace("\"phi-4\"", "\"mine\"").replace("phi3", "phi9"));
    write("environments/laptop.json", "{\"name\": \"laptop\", \"name\": \"twice\"}");

    Problem problem = catchThrowableOfType(Problem.class, () -> Profiles.load(folder));

    assertThat(problem.status()).isEqualTo(Problem.Status.BAD_FILE);
    assertThat(problem.what())
        .startsWith("11 mistakes in profiles:")
        .contains("parameters: found \"many\" (expected a whole number from 1 to")
        .contains("capabilities: found \"sing\" (expected one of chat, tools, code, reasoning,")
        .contains("gated: found nothing (expected true or false)")
        .contains("gatedd: found a field that nothing reads")
        .contains("blockSize: found 100 (expected one of 16, 32, 64, 128, 256)")
        .contains("families/qwen2.json: stopTokens: found nothing (expected a list)")
        .contains("families/qwen2.json: stopTocens: found a field that nothing reads")
        .contains("families/qwen2.json: attention.windows: found \"last\" (expected one of none,")
        .contains("name: found 'llama' (expected the file's name, 'mine')")
        .contains("catalog/mine.json: family: found 'phi9' (expected one of gemma2, gemma3, ")
        .contains("laptop.json");
  }

  @Test
  void aMissingObjectIsOneMistakeAndNotOneForEachOfItsFields() throws IOException {
    write(
        "catalog/phi-4.json",
        shipped("catalog/phi-4.json").replaceFirst("(?s),\\s*\"architecture\".*", "}"));

    Problem problem = catchThrowableOfType(Problem.class, () -> Profiles.load(folder));

    assertThat(problem.what())
        .startsWith("one mistake in profiles:")
        .endsWith("phi-4.json: architecture: found nothing (expected an object)");
  }

  @Test
  void filesThatNobodyWouldReadAreMistakes() throws IOException {
    write("catalogue/phi-4.json", shipped("catalog/phi-4.json"));
    write("mine.json", "{}");
    write(".git/config.json", "{}");

    Problem problem = catchThrowableOfType(Problem.class, () -> Profiles.load(folder));

    String expected =
        ": found a profile of no kind"
            + " (expected in one of the folders catalog, families, recipes, environments)";
    assertThat(problem.what())
        .startsWith("2 mistakes in profiles:")
        .contains(folder.resolve("catalogue/phi-4.json") + expected)
        .contains(folder.resolve("mine.json") + expected);
  }

  @Test
  void everyFieldOfEveryShippedFileIsDescribed() throws IOException {
    String document = Files.readString(Path.of("profiles/README.md"));
    Set<String> missing = new TreeSet<>();
    for (String kind : List.of("catalog", "families", "recipes", "environments")) {
      String section = document.split("\n## " + kind + "/", 2)[1].split("\n## ", 2)[0];
      try (Stream<Path> files = Files.list(Path.of("profiles", kind))) {
        for (Path file : files.toList()) {
          fields(Json.strict().readTree(Files.readString(file)))
              .filter(field -> !section.matches("(?s).*[`.]" + Pattern.quote(field) + "[`.].*"))
              .forEach(field -> missing.add(kind + ": " + field));
        }
      }
    }

    assertThat(missing).isEmpty();
  }

  private static Stream<String> fields(JsonNode node) {
    Stream<String> own = node.propertyNames().stream();
    Stream<String> inner =
        node.isObject()
            ? node.properties().stream()
                .filter(field -> !OPEN.contains(field.getKey()))
                .flatMap(field -> fields(field.getValue()))
            : node.valueStream().flatMap(ProfilesTest::fields);
    return Stream.concat(own, inner);
  }

  @Test
  void aFileIsCalledAsTheNameInIt() throws IOException {
    write("recipes/mine.json", shipped("recipes/int8.json"));

    assertThatThrownBy(() -> Profiles.load(folder))
        .hasMessageContaining("name: found 'int8' (expected the file's name, 'mine')");
  }

  @Test
  void unknownNamesGetTheNearest() {
    assertThatThrownBy(() -> Profiles.shipped().model("qwen2.5-05b"))
        .hasMessageContaining("qwen2.5-0.5b");
    assertThatThrownBy(() -> Profiles.shipped().recipe("int44")).hasMessageContaining("int4");
  }

  @Test
  void aMissingFolderOfTheUserIsNoMistake() {
    assertThat(Profiles.load(folder.resolve("none")).catalog()).isNotEmpty();
  }

  @Test
  void theBundledCheckpointIsComplete() throws IOException {
    BundledModel.copyTo(folder);

    assertThat(BundledModel.files())
        .contains("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json");
    for (String file : BundledModel.files()) {
      assertThat(folder.resolve(file))
          .hasSameBinaryContentAs(Path.of("src/model/checkpoint", file));
    }
  }

  @Test
  void filesInAJarAreListedLikeThoseInAFolder() throws IOException {
    Path jar = folder.resolve("x.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (String name : new String[] {"a/b/", "a/b/2.json", "a/b/1.json", "a/b/c/3.json", "a/x"}) {
        out.putNextEntry(new JarEntry(name));
      }
    }
    StringBuilder names = new StringBuilder();

    Resources.each(jar, "a/b", (name, bytes) -> names.append(name).append(' '));

    assertThat(names).hasToString("1.json 2.json ");
  }

  private static String shipped(String file) throws IOException {
    return Files.readString(Path.of("profiles", file));
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
