package dev.slm.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.slm.base.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the shipped catalog to facts that can be checked without a network. */
class CatalogTest {
  private final Profiles profiles = Profiles.shipped();

  @Test
  void everyModelThatTheCourseNamesIsThere() {
    assertThat(profiles.catalog())
        .extracting(CatalogEntry::alias)
        .contains(
            "slm-demo",
            "qwen2.5-0.5b",
            "qwen2.5-14b",
            "qwen2.5-coder-7b",
            "qwen3-0.6b",
            "qwen3-14b",
            "phi-3.5-mini",
            "phi-4-mini",
            "phi-4",
            "llama-3.1-8b",
            "llama-3.2-1b",
            "mistral-7b",
            "gemma-2-2b",
            "gemma-3-1b",
            "gemma-3-4b",
            "gemma-3-12b",
            "deepseek-r1-7b",
            "smollm2-135m",
            "smollm3-3b",
            "tinyllama-1.1b",
            "granite-3.3-2b")
        .doesNotHaveDuplicates();
  }

  @Test
  void everyRecommendedRecipeAndFamilyExists() {
    List<String> families = profiles.families().stream().map(Family::name).toList();
    List<String> recipes = profiles.recipes().stream().map(Recipe::name).toList();

    for (CatalogEntry entry : profiles.catalog()) {
      assertThat(recipes).as(entry.alias()).contains(entry.recipe());
      assertThat(families).as(entry.alias()).contains(entry.family());
    }
  }

  @Test
  void parametersAreThoseOfTheArchitecture() {
    for (CatalogEntry entry : profiles.catalog()) {
      double matrices = entry.architecture().matrixWeights();

      // norms and biases are the rest: below 0.1 percent, except in the 3.5M demo model
      assertThat(entry.parameters() / matrices).as(entry.alias()).isCloseTo(1, within(0.002));
    }
  }

  @Test
  void memoryNeedsAgreeWithWhatWasMeasured() {
    CatalogEntry half = profiles.model("qwen2.5-0.5b");

    // 460 to 530 MiB resident with blocks of 128, about 900 MiB with 8 bits; short conversations
    assertThat(half.memoryBytes(profiles.recipe("int4"), 1024) / 1048576.0)
        .isCloseTo(495, within(60.0));
    assertThat(half.diskBytes(profiles.recipe("fp32"))).isEqualTo(4 * half.parameters());
    assertThat(half.diskBytes(profiles.recipe("fp16"))).isEqualTo(2 * half.parameters());
  }

  @Test
  void modelsAreFoundByAliasAndRepositoryInAnyCase() {
    assertThat(profiles.find("QWEN2.5-0.5B").orElseThrow().alias()).isEqualTo("qwen2.5-0.5b");
    assertThat(profiles.find("qwen/qwen2.5-0.5b-instruct").orElseThrow().alias())
        .isEqualTo("qwen2.5-0.5b");
    assertThat(profiles.find("qwen")).isEmpty();
  }

  @Test
  void sizeClassesAreThoseOfTheCourse() {
    assertThat(profiles.model("qwen2.5-0.5b").sizeClass()).isEqualTo(CatalogEntry.SizeClass.MICRO);
    assertThat(profiles.model("qwen2.5-1.5b").sizeClass()).isEqualTo(CatalogEntry.SizeClass.SMALL);
    assertThat(profiles.model("gemma-2-9b").sizeClass()).isEqualTo(CatalogEntry.SizeClass.SMALL);
    assertThat(profiles.model("phi-4").sizeClass()).isEqualTo(CatalogEntry.SizeClass.MEDIUM);
  }

  @Test
  void everyEnvironmentOfTheCourseIsThere() {
    assertThat(profiles.environments())
        .extracting(Environment::name)
        .containsExactly("container", "kubernetes", "laptop", "ollama", "prometheus", "vllm");
  }

  @Test
  void aliasesAreWhatFoldersCanBeCalled() {
    for (CatalogEntry entry : profiles.catalog()) {
      assertThat(entry.alias()).matches("[a-z0-9][a-z0-9.-]*");
      assertThat(entry.alias()).isEqualTo(entry.alias().toLowerCase(Locale.ROOT));
    }
  }

  @Test
  void aDiskThatTakesNoMoreIsNotADamagedProgram(@TempDir Path folder) throws IOException {
    Files.createDirectories(folder.resolve("model.safetensors/in the way"));

    assertThatThrownBy(() -> BundledModel.copyTo(folder))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("cannot write '" + folder.resolve("model.safetensors") + "'");
  }
}
