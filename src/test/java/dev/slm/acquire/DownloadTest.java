package dev.slm.acquire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slm.base.Problem;
import dev.slm.testing.Promise;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the reliability document promises of downloads (D1–D8), with seeded samples. */
class DownloadTest {
  private static final int PART = 16 * 1024;
  private static final String FILE = "model.safetensors";

  @TempDir Path folder;
  private final FaultHub hub = new FaultHub();
  private final ModelHub client = client("", Limits.quick(Duration.ofSeconds(20), PART));
  private final ModelHub hasty = client("", Limits.quick(Duration.ofMillis(250), PART));

  @AfterEach
  void close() {
    hub.close();
  }

  @Test
  void connectionsCutAtRandomBytesStillGiveTheFileAndHardlyMoreTraffic() throws IOException {
    long sizes = 0;
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      byte[] content = content(seed, 1 + random.nextInt(20 * PART));
      hub.commit(Map.of(FILE, content));
      Path here = folder.resolve("cut" + seed);
      int first = hub.seen().size();
      ToldProgress progress = new ToldProgress();
      hub.onFile(
          exchange -> {
            int bytes = files(first) <= 5 ? random.nextInt(6 * PART) : PART * 100;
            exchange.cutAfter(bytes);
            progress.awaitDone(Math.min(content.length, exchange.from() + bytes));
          });

      fetch(client, here, progress);

      assertThat(here.resolve(FILE)).as("seed %d", seed).hasBinaryContent(content);
      assertThat(progress.done()).as("seed %d", seed).isEqualTo(content.length);
      assertThat(progress.most()).as("seed %d", seed).isLessThanOrEqualTo(content.length);
      sizes += content.length;
    }
    assertThat(hub.fileBytes()).isLessThanOrEqualTo((long) (sizes * 1.10));
  }

  private long files(int first) {
    return hub.seen().stream().skip(first).filter(it -> it.path.contains("/resolve/")).count();
  }

  @Test
  void serverThatCannotGoOnInTheMiddleSendsTheFileAgain() throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      byte[] content = content(seed, 5 * PART + seed);
      hub.commit(Map.of(FILE, content));
      Path here = folder.resolve("whole" + seed);
      int first = hub.seen().size();
      ToldProgress progress = new ToldProgress();
      hub.onFile(
          exchange -> {
            exchange.wholeAfterCut(files(first) < 3 ? 2 * PART + 77 : content.length);
            progress.awaitDone(2 * PART + 77);
          });

      fetch(client, here, progress);

      assertThat(here.resolve(FILE)).hasBinaryContent(content);
      assertThat(progress.most()).isEqualTo(content.length);
      assertThat(progress.lines())
          .contains(
              "'model.safetensors': the server cannot go on in the middle, it sends the file again");
    }
  }

  @Test
  void stalledConnectionIsReplacedWithinASecondAfterTheLimit() throws Exception {
    byte[] content = content(1, 4 * PART);
    hub.commit(Map.of(FILE, content));
    Promise.keptWithin(
        Duration.ofMillis(1250),
        () -> {
          int first = hub.seen().size();
          hub.onFile(
              exchange -> {
                if (files(first) == 1) {
                  exchange.stallAfter(PART + 5);
                } else {
                  exchange.normal();
                }
              });
          Path here = folder.resolve("stalled" + first);
          ToldProgress progress = new ToldProgress();
          long start = System.nanoTime();

          fetch(hasty, here, progress);

          assertThat(here.resolve(FILE)).hasBinaryContent(content);
          assertThat(progress.lines()).contains("127.0.0.1: stalled for 250 ms, retry 1 of 6");
          return Promise.since(start);
        });
  }

  @Test
  void serverThatDripsCountsAsStalled() throws IOException {
    byte[] content = content(2, 4 * PART);
    hub.commit(Map.of(FILE, content));
    hub.onFile(
        exchange -> {
          if (exchange.number == 0) {
            exchange.drip(20);
          } else {
            exchange.normal();
          }
        });
    ToldProgress progress = new ToldProgress();

    fetch(hasty, folder, progress);

    assertThat(folder.resolve(FILE)).hasBinaryContent(content);
    assertThat(progress.lines()).contains("127.0.0.1: stalled for 250 ms, retry 1 of 6");
  }

  @Test
  void interruptIsAnsweredWithinHalfASecondDuringAStall() throws Exception {
    hub.commit(Map.of(FILE, content(3, 4 * PART)));
    hub.onFile(exchange -> exchange.stallAfter(10));
    ModelHub patient = client("", Limits.quick(Duration.ofMinutes(5), PART));
    Promise.keptWithin(
        Duration.ofMillis(500),
        () -> {
          ToldProgress progress = new ToldProgress();
          AtomicLong pressed = new AtomicLong();
          Path here = folder.resolve("interrupted" + hub.seen().size());
          Thread user =
              Thread.ofPlatform()
                  .start(
                      () -> {
                        progress.awaitDone(10);
                        pressed.set(System.nanoTime());
                        progress.cancel();
                      });

          Problem problem = problem(() -> fetch(patient, here, progress));
          Duration taken = Promise.since(pressed.get());
          user.join();

          assertThat(problem.status()).isEqualTo(Problem.Status.INTERRUPTED);
          return taken;
        });
  }

  @Test
  void bodyThatEndsEarlyIsRefusedWithBothSizes() {
    byte[] content = content(4, 3 * PART);
    hub.commit(Map.of(FILE, content));
    hub.onFile(
        exchange -> {
          exchange.head(200, Map.of());
          exchange.raw(Arrays.copyOf(content, 500));
        });

    Problem problem = problem(() -> fetch(client, folder, new ToldProgress()));

    assertThat(problem.what()).isEqualTo("'model.safetensors' ended after 500 of 49,152 bytes");
    assertThat(problem.status()).isEqualTo(Problem.Status.UNREACHABLE);
    assertThat(folder.resolve(FILE)).doesNotExist();
  }

  @Test
  void announcedLengthsThatAreNotTheListedOneAreRefused() {
    hub.commit(Map.of(FILE, content(5, 3 * PART)));
    hub.onFile(
        exchange -> {
          exchange.raw(
              "HTTP/1.1 200 x\r\ncontent-length: 3000\r\ncontent-length: 5000\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
          exchange.awaitClientLeaves();
        });

    Problem problem = problem(() -> fetch(client, folder, new ToldProgress()));

    assertThat(problem.what()).contains("instead of 49,152");
  }

  @Test
  void compressedBodyThatNobodyAskedForIsRefused() {
    byte[] content = content(6, PART);
    hub.commit(Map.of(FILE, content));
    hub.onFile(exchange -> exchange.send(200, Map.of("content-encoding", "gzip"), content));

    Problem problem = problem(() -> fetch(client, folder, new ToldProgress()));

    assertThat(problem.what()).isEqualTo("'127.0.0.1' sent a compressed answer");
    assertThat(folder.resolve(FILE)).doesNotExist();
  }

  @Test
  void oneWrongBitIsFoundAndPartsAreFetchedAgainUpToTheWrongOne() throws IOException {
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      byte[] content = content(seed, 8 * PART);
      byte[] wrong = content.clone();
      int at = random.nextInt(wrong.length);
      wrong[at] ^= (byte) (1 << random.nextInt(8));
      long again = fetchedAgain("bit" + seed, content, wrong, Integer.MAX_VALUE);

      assertThat(again).as("seed %d", seed).isEqualTo((at / PART + 1L) * PART);
    }
  }

  @Test
  void wrongPartAtWhichTheConnectionBrokeIsFetchedAgainAlone() throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      byte[] content = content(seed, 8 * PART);
      byte[] wrong = content.clone();
      int cut = PART / 2 + random.nextInt(7 * PART);
      wrong[cut / PART * PART + random.nextInt(cut % PART + 1)] ^= 1;
      long again = fetchedAgain("cut" + seed, content, wrong, cut);

      assertThat(again).as("seed %d", seed).isLessThanOrEqualTo(PART);
    }
  }

  /** Traffic beyond the file's size when the first answer is wrong and breaks at a byte. */
  private long fetchedAgain(String name, byte[] content, byte[] wrong, int cut) throws IOException {
    hub.commit(Map.of(FILE, content));
    int first = hub.seen().size();
    ToldProgress progress = new ToldProgress();
    hub.onFile(
        exchange -> {
          if (files(first) == 1) {
            exchange.sendInstead(wrong, "\"same\"", cut);
            progress.awaitDone(Math.min(cut, content.length));
          } else {
            exchange.sendInstead(content, "\"same\"");
          }
        });
    Path here = folder.resolve(name);
    long before = hub.fileBytes();

    fetch(client, here, progress);

    assertThat(here.resolve(FILE)).as(name).hasBinaryContent(content);
    return hub.fileBytes() - before - content.length;
  }

  @Test
  void contentThatStaysWrongIsRefused() {
    byte[] content = content(7, 3 * PART);
    hub.commit(Map.of(FILE, content));
    hub.listAs(FILE, content(8, 3 * PART));

    Problem problem = problem(() -> fetch(client, folder, new ToldProgress()));

    assertThat(problem.what())
        .isEqualTo("'model.safetensors' is not the file that the hub published");
    assertThat(problem.status()).isEqualTo(Problem.Status.BAD_FILE);
    assertThat(folder.resolve(FILE)).doesNotExist();
  }

  @Test
  void laterRunGoesOnAndNoticesHolesThatThePowerCutLeft() throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      byte[] content = content(seed, 10 * PART);
      hub.commit(Map.of(FILE, content));
      Path here = folder.resolve("hole" + seed);
      hub.onFile(exchange -> exchange.cutAfter(exchange.from() == 0 ? 7 * PART + 100 : 0));
      problem(() -> fetch(client, here, new ToldProgress()));
      zero(here.resolve(FILE + PartFile.DATA), random);
      hub.onFile(FaultHub.Exchange::normal);
      long before = hub.fileBytes();

      fetch(client, here, new ToldProgress());

      assertThat(here.resolve(FILE)).as("seed %d", seed).hasBinaryContent(content);
      assertThat(hub.fileBytes() - before)
          .as("seed %d", seed)
          .isLessThanOrEqualTo(3 * PART + 3 * PART);
    }
  }

  private static void zero(Path file, Random random) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int from = random.nextInt(bytes.length - 1);
    Arrays.fill(bytes, from, Math.min(bytes.length, from + 1 + random.nextInt(PART)), (byte) 0);
    Files.write(file, bytes);
  }

  @Test
  void fileThatChangesOnTheServerIsNeverMixed() throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      byte[] old = content(seed, 4 * PART);
      byte[] content = content(seed + 1000, 4 * PART);
      hub.commit(Map.of(FILE, content));
      int first = hub.seen().size();
      ToldProgress progress = new ToldProgress();
      hub.onFile(
          exchange -> {
            if (files(first) == 1) {
              exchange.head(200, Map.of("etag", "\"old\"", "content-length", "" + old.length));
              exchange.raw(Arrays.copyOf(old, 2 * PART));
              progress.awaitDone(2 * PART);
            } else {
              exchange.normal();
            }
          });
      Path here = folder.resolve("changed" + seed);

      fetch(client, here, progress);

      assertThat(here.resolve(FILE)).hasBinaryContent(content);
      assertThat(progress.lines())
          .contains("'model.safetensors': it changed on the server, starting again");
    }
  }

  @Test
  void unfinishedFileOfAnotherCommitIsNotGoneOnWith() throws IOException {
    hub.commit(Map.of(FILE, content(1, 4 * PART)));
    hub.onFile(exchange -> exchange.cutAfter(exchange.from() == 0 ? 2 * PART : 0));
    problem(() -> fetch(client, folder, new ToldProgress()));
    byte[] newer = content(2, 4 * PART);
    hub.commit(Map.of(FILE, newer));
    hub.onFile(FaultHub.Exchange::normal);

    fetch(client, folder, new ToldProgress());

    assertThat(folder.resolve(FILE)).hasBinaryContent(newer);
  }

  @Test
  void cancelledAtAnyLookTheNextRunEndsWithTheRightFiles() throws IOException {
    Map<String, byte[]> content =
        Map.of(FILE, content(9, 3 * PART + 5), "config.json", content(10, 50));
    hub.commit(content);
    boolean isCancelled = true;
    for (int look = 1; isCancelled; look++) {
      Path here = folder.resolve("look" + look);
      ToldProgress progress = ToldProgress.cancelledAt(look);
      isCancelled =
          catchThrowableOfType(Problem.class, () -> fetch(client, here, progress)) != null;
      assertFinalNamesAreRight(here, content);

      fetch(client, here, new ToldProgress());

      for (Map.Entry<String, byte[]> file : content.entrySet()) {
        assertThat(here.resolve(file.getKey())).hasBinaryContent(file.getValue());
      }
      assertThat(names(here)).containsExactlyInAnyOrderElementsOf(content.keySet());
    }
  }

  @Test
  void whateverAKillLeavesTheNextRunEndsWithTheRightFile() throws IOException {
    byte[] content = content(14, 12 * PART);
    hub.commit(Map.of(FILE, content));
    Path here = folder.resolve("killed");
    List<Path> images = Collections.synchronizedList(new ArrayList<>());
    ToldProgress progress = new ToldProgress();
    hub.onFile(
        exchange -> {
          exchange.cutAfter(PART + 99);
          int done = exchange.from() + PART + 99;
          if (done < content.length) {
            // the client still waits for the rest, so that nothing changes meanwhile
            progress.awaitDone(done);
            images.add(copy(here, folder.resolve("image" + exchange.number)));
          }
        });
    fetch(client, here, progress);
    hub.onFile(FaultHub.Exchange::normal);
    assertThat(images).hasSizeGreaterThan(9);

    for (Path image : images) {
      fetch(client, image, new ToldProgress());

      assertThat(image.resolve(FILE)).hasBinaryContent(content);
      assertThat(names(image)).containsExactly(FILE);
    }
  }

  /** The folder as a process that dies now would leave it. */
  private static Path copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (String name : names(from)) {
      Files.copy(from.resolve(name), to.resolve(name));
    }
    return to;
  }

  private static void assertFinalNamesAreRight(Path here, Map<String, byte[]> content)
      throws IOException {
    for (String name : names(here)) {
      if (content.containsKey(name)) {
        assertThat(here.resolve(name)).hasBinaryContent(content.get(name));
      }
    }
  }

  private static List<String> names(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(it -> it.getFileName().toString()).toList();
    }
  }

  @Test
  void completeFilesAreKeptAndCheckedWithoutTheHub() throws IOException {
    byte[] content = content(11, 2 * PART);
    hub.commit(Map.of(FILE, content, "config.json", content(12, 60)));
    fetch(client, folder, new ToldProgress());
    long before = hub.fileBytes();
    Files.write(folder.resolve("config.json"), content(13, 60));

    fetch(client, folder, new ToldProgress());

    assertThat(hub.fileBytes() - before).isEqualTo(60);
    assertThat(folder.resolve("config.json")).hasBinaryContent(content(12, 60));
  }

  private ModelHub client(String token, Limits chosen) {
    return ModelHub.of(
        HubSettings.of(hub.endpoint(), token, Map.of()).with(chosen), _ -> Long.MAX_VALUE);
  }

  private void fetch(ModelHub from, Path here, ToldProgress progress) {
    Snapshot snapshot = from.snapshot(Repository.parse("acme/tiny"), progress);
    from.fetch(snapshot, Chosen.all(snapshot), here, progress);
  }

  private static Problem problem(ThrowingCallable call) {
    return catchThrowableOfType(Problem.class, call);
  }

  static byte[] content(int seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
