package dev.slm.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelocationTest {
  @TempDir Path folder;
  private ModelCache from;
  private ModelCache to;

  @BeforeEach
  void fill() throws IOException {
    from = ModelCache.at(folder.resolve("old"));
    to = ModelCache.at(folder.resolve("new place with ünïcödé"));
    Models.add(from, "a", Precision.INT4, 1);
    Models.fill(from.root().resolve("custom/tuned"), "tuned", 2);
  }

  @Test
  void movedModelsAreThereAndNotHere() throws IOException {
    assertThat(Relocation.move(from, to, Progress.NONE)).isEqualTo(2);

    assertThat(from.list()).isEmpty();
    assertThat(to.list()).extracting(CachedModel::name).containsExactly("a-int4", "tuned");
    assertThat(to.verify(to.resolve("a"), Progress.NONE).isGood()).isTrue();
    assertThat(from.root().resolve("Qwen")).doesNotExist();
  }

  @Test
  void linkedModelsAreInBothAndRemovingALinkKeepsTheModel() throws IOException {
    assertThat(Relocation.link(from, to, Progress.NONE)).isEqualTo(2);
    assertThat(to.verify(to.resolve("a"), Progress.NONE).isGood()).isTrue();
    assertThat(to.resolve("tuned").bytes()).isEqualTo(from.resolve("tuned").bytes());
    ModelArchive.write(folder.resolve("linked.tar"), to.list(), Progress.NONE);

    to.remove(to.resolve("a"));

    assertThat(to.list()).extracting(CachedModel::name).containsExactly("tuned");
    assertThat(from.verify(from.resolve("a"), Progress.NONE).isGood()).isTrue();
  }

  @Test
  void anotherModelOfTheSameNameIsNeverReplaced() throws IOException {
    CachedModel other = Models.add(to, "a", Precision.INT4, 99);

    assertThat(Relocation.move(from, to, Progress.NONE)).isEqualTo(1);

    assertThat(to.resolve("a").manifest()).isEqualTo(other.manifest());
    assertThat(from.list()).extracting(CachedModel::name).containsExactly("a-int4");
  }

  @Test
  void cachesInEachOtherAreRefused() {
    ModelCache inside = ModelCache.at(from.root().resolve("custom"));

    assertThatThrownBy(() -> Relocation.move(from, inside, Progress.NONE))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("lie in each other");
  }

  @Test
  void loopsOfLinksAreListedOnce() throws IOException {
    Files.createSymbolicLink(from.root().resolve("custom/loop"), from.root().resolve("custom"));

    assertThat(from.list()).extracting(CachedModel::name).containsExactly("a-int4", "tuned");
  }
}
