package dev.slm.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTreeTest {
  @TempDir Path folder;

  @Test
  void filesAndFoldersThatComeAndGoMeanwhileHarmNobody() throws Exception {
    Path stays = Files.writeString(folder.resolve("stays"), "1234");
    AtomicBoolean isOver = new AtomicBoolean();
    CompletableFuture<Void> other = CompletableFuture.runAsync(() -> comeAndGo(isOver));
    try {
      for (int i = 0; i < 2_000; i++) {
        assertThat(FileTree.files(folder)).contains(stays);
        assertThat(FileTree.folders(folder, 3)).startsWith(folder);
        assertThat(FileTree.bytes(folder)).isBetween(4L, 6L);
      }
    } finally {
      isOver.set(true);
    }
    other.get();
  }

  private void comeAndGo(AtomicBoolean isOver) {
    Path inner = folder.resolve("inner/most");
    try {
      while (!isOver.get()) {
        Files.createDirectories(inner);
        Files.writeString(inner.resolve("a"), "5");
        Files.writeString(folder.resolve("b"), "6");
        FileTree.delete(folder.resolve("inner"));
        FileTree.delete(folder.resolve("b"));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void goesAsDeepAsItIsTold() throws IOException {
    Path deep = Files.createDirectories(folder.resolve("one/two"));
    Path first = Files.writeString(folder.resolve("first"), "1");
    Path second = Files.writeString(folder.resolve("one/second"), "2");
    Path third = Files.writeString(deep.resolve("third"), "3");

    assertThat(FileTree.files(folder, 1)).containsExactly(first);
    assertThat(FileTree.files(folder, 2)).containsExactly(first, second);
    assertThat(FileTree.files(folder)).containsExactly(first, second, third);
    assertThat(FileTree.folders(folder, 1)).containsExactly(folder, folder.resolve("one"));
    assertThat(FileTree.folders(folder, 2)).containsExactly(folder, folder.resolve("one"), deep);
    assertThat(FileTree.bytes(folder)).isEqualTo(3);
  }

  @Test
  void linksAreRemovedButNeverFollowed() throws IOException {
    Path kept = Files.createDirectories(folder.resolve("kept"));
    Path file = Files.writeString(kept.resolve("file"), "text");
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.createSymbolicLink(other.resolve("link"), kept);

    assertThat(FileTree.files(other)).isEmpty();
    assertThat(FileTree.bytes(other)).isZero();
    assertThat(FileTree.folders(other, 5)).containsExactly(other);
    FileTree.delete(other);

    assertThat(other).doesNotExist();
    assertThat(file).exists();
  }

  @Test
  void nothingLiesInAFolderThatDoesNotExist() throws IOException {
    Path missing = folder.resolve("missing");

    assertThat(FileTree.children(missing)).isEmpty();
    assertThat(FileTree.files(missing)).isEmpty();
    assertThat(FileTree.bytes(missing)).isZero();
    FileTree.delete(missing);
  }
}
