package dev.slm.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.cache.ModelCache;
import dev.slm.engine.Engines;
import dev.slm.model.Precision;
import dev.slm.prepare.QuantizeRequest.Limits;
import dev.slm.profile.Profiles;
import dev.slm.quantize.Algorithm;
import dev.slm.quantize.WeightOptions;
import dev.slm.testing.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in the folder of a result, and beside it. */
class ResultFilesTest {
  @TempDir private Path folder;
  private Path checkpoint;
  private ModelCache cache;

  @BeforeEach
  void write() {
    checkpoint = TinyModel.write("qwen2", folder.resolve("checkpoint"));
    cache = ModelCache.at(folder.resolve("cache"));
  }

  @Test
  void licenceAndTemplateOfTheSourceTravelWithTheWeights() throws IOException {
    Files.writeString(checkpoint.resolve("LICENSE"), "Apache License\nVersion 2.0\n");
    Files.writeString(checkpoint.resolve("NOTICE.txt"), "made by somebody\n");
    Files.writeString(checkpoint.resolve("chat_template.jinja"), "{{ messages[0].content }}");
    Files.writeString(checkpoint.resolve("training_args.bin"), "of no use");

    Path result = quantize(WeightOptions.of(Precision.INT4), 1, "a", Limits.NONE);

    for (String file : List.of("LICENSE", "NOTICE.txt", "chat_template.jinja")) {
      assertThat(result.resolve(file)).hasSameBinaryContentAs(checkpoint.resolve(file));
    }
    assertThat(result.resolve("training_args.bin")).doesNotExist();
    assertThat(ModelCache.manifestOf(result).orElseThrow().licence()).isEqualTo("apache-2.0");
  }

  @Test
  void everyFileIsTheSameWhateverTheNumberOfThreads() throws IOException {
    for (Algorithm algorithm : Algorithm.values()) {
      WeightOptions options =
          WeightOptions.of(Precision.INT4)
              .withBlocks(16, false)
              .withAlgorithm(algorithm)
              .withHead(Precision.INT8);

      Path one = quantize(options, 1, algorithm.id() + "-1", Limits.NONE);
      Path many = quantize(options, 5, algorithm.id() + "-5", Limits.NONE);

      assertThat(names(many)).isEqualTo(names(one)).contains("model.onnx", "model.onnx.data");
      for (String file : names(one)) {
        if (!file.equals("slm_manifest.json")) { // has the time
          assertThat(one.resolve(file)).hasSameBinaryContentAs(many.resolve(file));
        }
      }
    }
  }

  @Test
  void aRejectedModelLiesBesideTheFolderAndOverwritesNothing() throws IOException {
    Path users = Files.createDirectories(folder.resolve("x-rejected"));
    Files.writeString(users.resolve("notes.txt"), "of the user's");
    Limits both = new Limits(OptionalDouble.of(0), OptionalDouble.of(1));

    assertThatThrownBy(() -> quantize(WeightOptions.of(Precision.INT4), 1, "x", both))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.status()).isEqualTo(Problem.Status.FAILED);
              assertThat(problem.why().orElseThrow())
                  .contains("the mean KL divergence is ", "; the top-1 agreement is ")
                  .contains("it is kept in '" + folder.resolve("x-rejected-2") + "'");
              assertThat(problem.next().orElseThrow())
                  .contains("remove '" + folder.resolve("x-rejected-2") + "'");
            });

    assertThat(names(folder)).containsExactly("checkpoint", "x-rejected", "x-rejected-2");
    assertThat(names(users)).containsExactly("notes.txt");
    assertThat(folder.resolve("x-rejected-2/model.onnx")).exists();
  }

  private Path quantize(WeightOptions options, int threads, String name, Limits limits) {
    Preparation preparation =
        new Preparation(
            cache, Profiles.shipped().families(), new EngineScorer(Engines::load), "test", threads);
    Path output = folder.resolve(name);
    Plan plan =
        preparation.plan(
            new QuantizeRequest(
                Checkpoint.find("tiny", checkpoint, cache),
                "",
                options,
                "tiny-result",
                Optional.of(output),
                Optional.empty(),
                limits,
                !limits.equals(Limits.NONE)));
    return preparation.run(plan, Progress.NONE).folder();
  }

  private static List<String> names(Path of) throws IOException {
    try (Stream<Path> files = Files.list(of)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
