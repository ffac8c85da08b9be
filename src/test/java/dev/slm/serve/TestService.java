package dev.slm.serve;

import dev.slm.base.Json;
import dev.slm.base.Progress;
import dev.slm.cache.ModelCache;
import dev.slm.cache.Models;
import dev.slm.cache.Staging;
import dev.slm.engine.Engines;
import dev.slm.model.Precision;
import dev.slm.serve.http.RawClient;
import dev.slm.serve.work.Downloads;
import dev.slm.serve.work.ServedModels;
import dev.slm.session.LoadedModels;
import dev.slm.session.MemoryLimits;
import dev.slm.session.ModelSource;
import dev.slm.session.ScriptedEngine;
import dev.slm.text.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import tools.jackson.databind.JsonNode;

/** A service with the demo model's tokenizer and template, whose answers a test writes down. */
public final class TestService implements AutoCloseable {
  public static final String MODEL = "slm-demo-int4";
  public static final int CONTEXT = 256;
  private static final Path CHECKPOINT = Path.of("src/model/checkpoint");

  public final ScriptedEngine engine = new ScriptedEngine(CONTEXT);
  public final ModelCache cache;
  public final LoadedModels models;
  private final Service service;
  private final Tokenizer tokenizer = Tokenizer.open(CHECKPOINT, "");

  private TestService(Path folder, ServiceOptions options, Downloads downloads) {
    cache = ModelCache.at(folder.resolve("cache"));
    add("slm-demo", Precision.INT4);
    ModelSource source =
        (name, _) -> ModelSource.Place.of(cache.resolve(name).name(), cache.resolve(name).folder());
    models =
        new LoadedModels(
            source, Engines.of(List.of(engine)), MemoryLimits.ofMachine(), Clock.systemUTC());
    service =
        Service.start(options, new ServedModels(cache, models), downloads, folder.resolve("state"));
  }

  public static TestService start(Path folder) {
    return start(folder, ServiceOptions.DEFAULT.withPort(0), Downloads.NONE);
  }

  public static TestService start(Path folder, ServiceOptions options, Downloads downloads) {
    return new TestService(folder, options, downloads);
  }

  /** Adds a runnable model to the cache. */
  public void add(String alias, Precision precision) {
    String name = alias + "-" + precision.id();
    try (Staging staging = cache.stage("Qwen", name)) {
      Models.fill(staging.folder(), name, 1);
      for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
        Files.copy(CHECKPOINT.resolve(file), staging.folder().resolve(file));
      }
      staging.commit(Models.facts(alias, precision), Progress.NONE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the next answer says. */
  public void say(String text) {
    engine.say(tokenizer.encode(text));
  }

  public int tokens(String text) {
    return tokenizer.encode(text).length;
  }

  /** Holds the next answers before their first token. */
  public Held hold() {
    Held held = new Held();
    engine.beforeEachToken(held::pass);
    return held;
  }

  public Service service() {
    return service;
  }

  public int port() {
    return service.port();
  }

  public RawClient client() throws IOException {
    return new RawClient(port());
  }

  public RawClient.Reply post(String path, String json) throws IOException {
    try (RawClient client = client()) {
      return client.post(path, json);
    }
  }

  public RawClient.Reply get(String path) throws IOException {
    try (RawClient client = client()) {
      return client.get(path);
    }
  }

  public static JsonNode json(RawClient.Reply reply) {
    return Json.lenient().readTree(reply.body());
  }

  /** A question to the demo model, with further fields such as {@code "stream": true}. */
  public static String question(String fields) {
    return "{\"model\": \"%s\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]%s}"
        .formatted(MODEL, fields.isEmpty() ? "" : ", " + fields);
  }

  @Override
  public void close() {
    engine.beforeEachToken(() -> {});
    service.close();
    models.close();
    tokenizer.close();
  }

  /** A generation that waits until the test lets it go on. */
  public static final class Held {
    public final CountDownLatch reached = new CountDownLatch(1);
    public final CountDownLatch release = new CountDownLatch(1);

    private void pass() {
      reached.countDown();
      try {
        release.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
