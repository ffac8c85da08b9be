package dev.slm.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.acquire.FaultHub;
import dev.slm.base.Progress;
import dev.slm.cache.CachedModel;
import dev.slm.cache.ModelCache;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several shells download the same model into one cache. */
class TwoDownloadsTest {
  private static final int BYTES = 400_000;
  private static final String WEIGHTS = "model.safetensors";

  @TempDir Path folder;
  private final FaultHub hub = new FaultHub();

  @AfterEach
  void close() {
    hub.close();
  }

  @Test
  void secondShellSaysWhoDownloadsAndHowFarItIsAndDownloadsNothing() throws Exception {
    hub.commit(ModelDownloadTest.checkpoint(BYTES));
    CountDownLatch halfIsHere = new CountDownLatch(1);
    CountDownLatch isWaitedFor = new CountDownLatch(1);
    hub.onFile(
        exchange -> {
          if (!exchange.path.endsWith(WEIGHTS)) {
            exchange.normal();
          } else if (halfIsHere.getCount() > 0) {
            exchange.cutAfter(BYTES / 2);
            halfIsHere.countDown();
          } else {
            await(isWaitedFor);
            exchange.normal();
          }
        });

    Process first = worker();
    await(halfIsHere);
    Process second = worker();
    String told = lineWith(second.inputReader(), "another slm");
    isWaitedFor.countDown();

    assertThat(told)
        .matches(
            "another slm is working on 'tiny-checkpoint' \\(process %d\\), [45]\\d %%, waiting"
                .formatted(first.pid()));
    assertThat(first.waitFor()).isZero();
    assertThat(lineWith(second.inputReader(), "got")).isEqualTo("got tiny-checkpoint");
    assertThat(hub.fileBytes()).isLessThan(BYTES * 3 / 2);
    assertRight();
  }

  @Test
  void locksThatLieCostTrafficOrASecondTryButNoWrongByte() throws Exception {
    for (int seed = 0; seed < 2; seed++) {
      Random random = new Random(seed);
      hub.commit(ModelDownloadTest.checkpoint(BYTES + 4 * seed));
      CountDownLatch both = new CountDownLatch(2);
      hub.onFile(
          exchange -> {
            both.countDown();
            await(both);
            exchange.cutAfter(10_000 + random.nextInt(BYTES));
          });
      AtomicBoolean isOver = new AtomicBoolean();
      Thread liar = Thread.ofPlatform().start(() -> breakLocks(isOver));

      List<Process> shells = List.of(worker(), worker());
      List<String> said = new ArrayList<>();
      for (Process shell : shells) {
        said.add(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        shell.waitFor();
      }
      isOver.set(true);
      liar.join();

      assertThat(both.getCount()).as("both downloaded, seed %d", seed).isZero();
      assertThat(said)
          .as("seed %d", seed)
          .allMatch(
              text ->
                  text.contains("got tiny-checkpoint")
                      || text.contains("gone again")
                      || text.contains("no such file"));
      // each may have taken the other's folder away; then the same command once more is enough
      assertThat(lineWith(worker().inputReader(), "got")).isEqualTo("got tiny-checkpoint");
      assertRight();
      ModelCache cache = ModelCache.at(folder);
      cache.remove(cache.named("tiny-checkpoint"));
    }
  }

  private void assertRight() throws IOException {
    ModelCache cache = ModelCache.at(folder);
    CachedModel model = cache.named("tiny-checkpoint");
    String commit = model.manifest().orElseThrow().source().commit();
    assertThat(commit).isNotEmpty();
    assertThat(cache.verify(model, Progress.NONE).isGood()).isTrue();
    assertThat(Files.readAllBytes(model.folder().resolve(WEIGHTS)))
        .isEqualTo(hub.content(commit, WEIGHTS));
  }

  /** Takes lock files away as soon as they appear: every process gets a lock of its own. */
  private void breakLocks(AtomicBoolean isOver) {
    Path staging = folder.resolve(".slm/staging");
    while (!isOver.get()) {
      try (DirectoryStream<Path> slots = Files.newDirectoryStream(staging)) {
        for (Path slot : slots) {
          Files.deleteIfExists(slot.resolve("lock"));
        }
        LockSupport.parkNanos(100_000);
      } catch (NoSuchFileException e) {
        // nobody has begun
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static String lineWith(BufferedReader lines, String text) throws IOException {
    StringBuilder before = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.contains(text)) {
        return line;
      }
      before.append(line).append('\n');
    }
    throw new AssertionError("no line with '" + text + "' in:\n" + before);
  }

  private static void await(CountDownLatch latch) {
    try {
      // the end of a test that fails; one that passes never waits so long
      var _ = latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Process worker() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            DownloadWorker.class.getName(),
            folder.toString(),
            hub.endpoint())
        .redirectErrorStream(true)
        .start();
  }
}
