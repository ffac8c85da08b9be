package dev.slm.acquire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slm.base.Problem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people are told when a hub answers with anything but the files (D10–D16). */
class ModelHubTest {
  private static final Charset UTF_8 = StandardCharsets.UTF_8;
  private static final String FILE = "model.safetensors";
  private static final String SECRET = "hf_secretsecretsecret";
  private static final Repository TINY = Repository.parse("acme/tiny");

  @TempDir Path folder;
  private final FaultHub hub = new FaultHub();
  private final FaultHub other = new FaultHub();

  @AfterEach
  void close() {
    hub.close();
    other.close();
  }

  @Test
  void everyRefusalHasItsOwnTextAndStatus() {
    Set<String> texts = new HashSet<>();
    for (int status : List.of(403, 404, 429, 500, 503, 418)) {
      hub.onListing(exchange -> exchange.send(status, Map.of(), new byte[0]));
      Problem problem = problem(() -> client("").snapshot(TINY, new ToldProgress()));
      texts.add(problem.what() + problem.why().orElse(""));
      assertThat(problem.what()).doesNotContain("\n").hasSizeLessThan(240);
    }
    assertThat(texts).hasSize(6);
  }

  @Test
  void gatedRepositorySaysHowToGetIn() {
    hub.onListing(exchange -> exchange.send(403, Map.of("x-error-code", "GatedRepo"), new byte[0]));

    Problem problem = problem(() -> client("").snapshot(TINY, new ToldProgress()));

    assertThat(problem.what()).isEqualTo("'acme/tiny' is gated");
    assertThat(problem.why()).contains("its owner gives it only to users who accept the licence");
    assertThat(problem.next())
        .contains(
            "accept it at " + hub.endpoint() + "/acme/tiny, config set hub.token, then repeat");
    assertThat(problem.status()).isEqualTo(Problem.Status.NO_PERMISSION);
  }

  @Test
  void unknownRepositorySuggestsTheNearestNames() {
    Problem problem =
        problem(() -> client("").snapshot(Repository.parse("acme/tinny"), new ToldProgress()));

    assertThat(problem.what()).isEqualTo("the hub has no model 'acme/tinny'");
    assertThat(problem.why()).contains("did you mean: acme/tiny");
    assertThat(problem.status()).isEqualTo(Problem.Status.USAGE);
  }

  @Test
  void unknownRevisionIsNamed() {
    hub.commit(Map.of(FILE, new byte[10]));

    Problem problem =
        problem(() -> client("").snapshot(Repository.parse("acme/tiny@v9"), new ToldProgress()));

    assertThat(problem.what()).isEqualTo("'acme/tiny' has no revision 'v9'");
  }

  @Test
  void rateLimitIsWaitedForWhenShortAndToldWhenLong() {
    hub.commit(Map.of(FILE, new byte[10]));
    List<Integer> asked = new ArrayList<>();
    hub.onListing(
        exchange -> {
          asked.add(1);
          if (asked.size() == 1) {
            exchange.send(429, Map.of("retry-after", "0"), new byte[0]);
          } else {
            exchange.normal();
          }
        });

    client("").snapshot(TINY, new ToldProgress());
    hub.onListing(exchange -> exchange.send(429, Map.of("retry-after", "1200"), new byte[0]));
    Problem problem = problem(() -> client("").snapshot(TINY, new ToldProgress()));

    assertThat(asked).hasSize(2);
    assertThat(problem.what()).isEqualTo("'127.0.0.1' takes no more requests now");
    assertThat(problem.next())
        .contains("repeat in 20 min 0 s, or config set hub.token: users get more");
    assertThat(problem.status()).isEqualTo(Problem.Status.BUSY);
  }

  @Test
  void serverErrorThatPassesIsNotNoticed() {
    hub.commit(Map.of(FILE, new byte[10]));
    List<Integer> asked = new ArrayList<>();
    hub.onListing(
        exchange -> {
          asked.add(1);
          if (asked.size() < 4) {
            exchange.send(503, Map.of(), new byte[0]);
          } else {
            exchange.normal();
          }
        });

    assertThat(client("").snapshot(TINY, new ToldProgress()).files()).hasSize(1);
  }

  @Test
  void webPageInsteadOfAnAnswerIsCalledOne() {
    hub.onListing(
        exchange ->
            exchange.send(
                200, Map.of("content-type", "text/html"), "<html>log in".getBytes(UTF_8)));

    Problem problem = problem(() -> client("").snapshot(TINY, new ToldProgress()));

    assertThat(problem.what()).isEqualTo("'127.0.0.1' answered with a web page, not a file");
  }

  @Test
  void pointersOfGitLfsAreNotTakenForWeights() {
    byte[] pointer =
        "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9000\n".getBytes(UTF_8);
    for (String name : List.of(FILE, "tokenizer.json", "model.onnx")) {
      hub.commit(Map.of(name, pointer));
      Problem listed = problem(() -> fetch(client(""), folder.resolve("a" + name)));
      hub.listAs(name, new byte[9000]);
      Problem announced = problem(() -> fetch(client(""), folder.resolve("b" + name)));

      assertThat(listed.what())
          .isEqualTo("'" + name + "' on '127.0.0.1' is a Git LFS pointer, not the file itself");
      assertThat(announced.what()).isEqualTo(listed.what());
      assertThat(folder.resolve("a" + name).resolve(name)).doesNotExist();
    }
  }

  @Test
  void offlineIsSaidAtOnce() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    HubSettings nowhere = HubSettings.of("http://127.0.0.1:" + free, "", Map.of());

    Problem problem =
        problem(() -> ModelHub.of(nowhere, _ -> Long.MAX_VALUE).snapshot(TINY, new ToldProgress()));

    assertThat(problem.what()).isEqualTo("cannot reach '127.0.0.1:" + free + "'");
    assertThat(problem.why()).contains("the connection was refused");
    assertThat(problem.next())
        .contains("check the network; models in the cache work without it: cache ls");
    assertThat(problem.status()).isEqualTo(Problem.Status.UNREACHABLE);
  }

  @Test
  void tokenGoesToTheHubAndNowhereElse() throws IOException {
    byte[] content = DownloadTest.content(1, 3000);
    String commit = hub.commit(Map.of(FILE, content));
    assertThat(other.commit(Map.of(FILE, content))).isEqualTo(commit);
    hub.onFile(exchange -> exchange.redirect(other.endpoint() + exchange.path));

    fetch(client(SECRET), folder);

    assertThat(folder.resolve(FILE)).hasBinaryContent(content);
    assertThat(hub.seen())
        .allSatisfy(
            it -> assertThat(it.headers).containsEntry("authorization", "Bearer " + SECRET));
    assertThat(other.seen())
        .isNotEmpty()
        .allSatisfy(it -> assertThat(it.path + it.headers).doesNotContain(SECRET));
  }

  @Test
  void tokenIsNotSentWhereOthersCouldReadIt() {
    Map<String, String> environment =
        Map.of("http_proxy", hub.endpoint().replace("127.0.0.1", "localhost"));
    HubSettings settings =
        HubSettings.of("http://mirror.example", SECRET, environment)
            .with(Limits.quick(Duration.ofSeconds(20), 1024));
    ToldProgress progress = new ToldProgress();
    hub.onFile(exchange -> exchange.send(404, Map.of(), new byte[0]));

    Problem problem = problem(() -> ModelHub.of(settings, _ -> 0).snapshot(TINY, progress));

    assertThat(problem.why()).contains("or it is private and needs a token: config set hub.token");
    assertThat(progress.lines())
        .containsExactly("the token is not sent: 'http://mirror.example' is not encrypted");
    assertThat(hub.seen())
        .isNotEmpty()
        .allSatisfy(it -> assertThat(it.headers).doesNotContainKey("authorization"));
  }

  @Test
  void tokenIsNeverShown() {
    hub.onListing(exchange -> exchange.send(403, Map.of(), new byte[0]));
    HubSettings settings = HubSettings.of(hub.endpoint(), SECRET, Map.of());
    Problem refused = problem(() -> client(SECRET).snapshot(TINY, new ToldProgress()));
    Problem malformed = problem(() -> HubSettings.of("", "hf_secret\nsecret", Map.of()));

    assertThat(settings + refused.toString() + refused.next() + malformed + malformed.next())
        .doesNotContain("secret");
  }

  @Test
  void redirectsThatLeadAstrayAreNotFollowed() {
    hub.commit(Map.of(FILE, new byte[10]));
    for (String location : List.of("file:///etc/passwd", "ftp://x/y", "", "http://", "::bad")) {
      hub.onFile(exchange -> exchange.redirect(location));

      Problem problem = problem(() -> fetch(client(""), folder));

      assertThat(problem.what()).isEqualTo("the redirect of '127.0.0.1' was not followed");
    }
  }

  @Test
  void redirectsInACircleEnd() {
    hub.commit(Map.of(FILE, new byte[10]));
    hub.onFile(exchange -> exchange.redirect(exchange.path));

    Problem problem = problem(() -> fetch(client(""), folder));

    assertThat(problem.why()).contains("more than 10 redirects");
    assertThat(hub.seen()).hasSize(12);
  }

  @Test
  void namesThatEscapeOrMeanAnotherFileElsewhereAreRefusedBeforeTheFirstByte() throws IOException {
    List<String> names =
        List.of(
            "../x",
            "a/../../x",
            "/etc/x",
            "C:\\x",
            "C:x",
            "D:x",
            "\\\\host\\share",
            "..\\x",
            "a\\b",
            "CON",
            "con.json",
            "PRN",
            "AUX.txt",
            "NUL",
            "COM1",
            "LPT9.onnx",
            "COM¹",
            "CONIN$",
            "x.",
            "x ",
            " x",
            "a./b",
            "a /b",
            "x\0y",
            "x\ny",
            "x\u001by",
            "x\u202ey",
            "x\u200by",
            "x".repeat(5000),
            "a/".repeat(20) + "x",
            "é".repeat(200),
            "",
            ".",
            "..",
            "a//b",
            "a/./b",
            "a/..",
            "x:stream",
            "x?",
            "x*",
            "x<y",
            "x>y",
            "x|y",
            "x\"y",
            "nul/x",
            "\ud800x");
    for (String name : names) {
      hub.commit(Map.of(FILE, new byte[10], name, new byte[10]));

      Problem problem = problem(() -> fetch(client(""), folder.resolve("in")));

      assertThat(problem).as("'%s'", name).isNotNull();
      assertThat(problem.status()).isEqualTo(Problem.Status.BAD_FILE);
      assertThat(problem.what().codePoints()).noneMatch(Character::isISOControl);
    }
    assertThat(hub.fileBytes()).isZero();
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void namesThatAreOneFileOnSomeSystemsAreRefused() {
    for (List<String> pair :
        List.of(
            List.of("a.json", "A.json"),
            List.of("caf\u00e9", "cafe\u0301"),
            List.of("a", "a/b"),
            List.of("stra\u00dfe", "STRASSE"))) {
      hub.commit(Map.of(pair.get(0), new byte[1], pair.get(1), new byte[1]));

      Problem problem = problem(() -> fetch(client(""), folder));

      assertThat(problem.what()).as("%s", pair).startsWith("the repository has a file named");
    }
  }

  @Test
  void endlessAnswerIsCutAtItsLimit() {
    hub.onListing(
        exchange -> {
          exchange.head(200, Map.of("content-type", "application/json"));
          byte[] spaces = " ".repeat(100_000).getBytes(UTF_8);
          while (true) {
            exchange.raw(spaces);
          }
        });

    Problem problem = problem(() -> client("").snapshot(TINY, new ToldProgress()));

    assertThat(problem.what()).isEqualTo("'127.0.0.1' sent too long an answer");
  }

  @Test
  void hugeHeaderIsRefused() {
    hub.onListing(exchange -> exchange.send(200, Map.of("x-a", "a".repeat(500_000)), new byte[0]));

    assertThat(problem(() -> client("").snapshot(TINY, new ToldProgress())).status())
        .isEqualTo(Problem.Status.UNREACHABLE);
  }

  @Test
  void answersThatAreNotAListAreRefused() {
    for (String answer :
        List.of(
            "",
            "null",
            "[]",
            "{",
            "{\"sha\":\"main\"}",
            "[".repeat(1000),
            "{\"sha\":\"" + "a".repeat(40) + "\",\"siblings\":[{\"rfilename\":\"x\"}]}",
            "{\"sha\":\"" + "a".repeat(40) + "\",\"siblings\":[{\"rfilename\":\"x\",\"size\":-1}]}",
            "{\"sha\":\""
                + "a".repeat(40)
                + "\",\"siblings\":[{\"rfilename\":\"x\",\"size\":1e400}]}",
            "{\"sha\":\"../../../etc\",\"siblings\":[]}")) {
      hub.onListing(exchange -> exchange.send(200, Map.of(), answer.getBytes(UTF_8)));

      assertThat(problem(() -> client("").snapshot(TINY, new ToldProgress())))
          .as(answer)
          .isNotNull();
    }
  }

  @Test
  void oneCommitIsUsedForEveryFileWhileTheBranchMoves() throws IOException {
    Map<String, byte[]> first =
        Map.of(FILE, DownloadTest.content(1, 5000), "config.json", new byte[] {1});
    String commit = hub.commit(first);
    hub.onFile(
        exchange -> {
          hub.commit(
              Map.of(
                  FILE,
                  DownloadTest.content(exchange.number + 2, 5000),
                  "config.json",
                  new byte[2]));
          exchange.normal();
        });
    ModelHub client = client("");
    Snapshot snapshot = client.snapshot(TINY, new ToldProgress());

    client.fetch(snapshot, Chosen.all(snapshot), folder, new ToldProgress());

    assertThat(snapshot.commit()).isEqualTo(commit);
    assertThat(snapshot.licence()).isEqualTo("apache-2.0");
    for (Map.Entry<String, byte[]> file : first.entrySet()) {
      assertThat(folder.resolve(file.getKey())).hasBinaryContent(file.getValue());
    }
  }

  @Test
  void hubThatAnswersForAnotherCommitIsNotBelieved() {
    hub.commit(Map.of(FILE, new byte[10]));
    hub.onFile(
        exchange -> exchange.send(200, Map.of("x-repo-commit", "f".repeat(40)), new byte[10]));

    Problem problem = problem(() -> fetch(client(""), folder));

    assertThat(problem.what()).isEqualTo("'127.0.0.1' answered with another commit");
  }

  @Test
  void tooLittleSpaceIsSaidBeforeTheFirstByte() {
    hub.commit(Map.of(FILE, new byte[5000]));
    ModelHub small = ModelHub.of(HubSettings.of(hub.endpoint(), "", Map.of()), _ -> 50_000_000);

    Problem problem = problem(() -> fetch(small, folder));

    assertThat(problem.what())
        .isEqualTo("the download needs 67.1 MB, 50 MB are free at '" + folder + "'");
    assertThat(problem.status()).isEqualTo(Problem.Status.CANNOT_WRITE);
    assertThat(hub.fileBytes()).isZero();
  }

  @Test
  void proxyOfTheEnvironmentIsUsedAndNamedWhenItFails() throws IOException {
    hub.commit(Map.of(FILE, new byte[10]));
    hub.onFile(exchange -> exchange.send(407, Map.of(), new byte[0]));
    Map<String, String> environment =
        Map.of("http_proxy", hub.endpoint().replace("127.0.0.1", "localhost"));
    HubSettings settings =
        HubSettings.of("http://hub.example", SECRET, environment)
            .with(Limits.quick(Duration.ofSeconds(20), 1024));

    Problem problem =
        problem(() -> ModelHub.of(settings, _ -> 0).snapshot(TINY, new ToldProgress()));

    assertThat(hub.seen().getFirst().path).startsWith("http://hub.example/api/models/acme/tiny");
    assertThat(hub.seen().getFirst().headers).doesNotContainKey("authorization");
    assertThat(problem.what()).startsWith("cannot reach 'hub.example' through proxy 'localhost:");
    assertThat(problem.next().orElse("")).contains("HTTP_PROXY").contains("NO_PROXY");
  }

  @Test
  void certificateThatIsNotTrustedIsNotCalledOffline() {
    HubSettings settings =
        HubSettings.of(hub.endpoint().replace("http:", "https:"), "", Map.of())
            .with(Limits.quick(Duration.ofSeconds(20), 1024));

    Problem problem =
        problem(() -> ModelHub.of(settings, _ -> 0).snapshot(TINY, new ToldProgress()));

    assertThat(problem.what()).isEqualTo("no secure connection to '127.0.0.1'");
  }

  private ModelHub client(String token) {
    return ModelHub.of(
        HubSettings.of(hub.endpoint(), token, Map.of())
            .with(Limits.quick(Duration.ofSeconds(20), 1024)),
        _ -> Long.MAX_VALUE);
  }

  private static void fetch(ModelHub from, Path here) {
    Snapshot snapshot = from.snapshot(TINY, new ToldProgress());
    from.fetch(snapshot, Chosen.all(snapshot), here, new ToldProgress());
  }

  private static Problem problem(ThrowingCallable call) {
    return catchThrowableOfType(Problem.class, call);
  }
}
