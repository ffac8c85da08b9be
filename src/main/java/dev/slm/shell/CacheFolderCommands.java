package dev.slm.shell;

import dev.slm.base.DurableFile;
import dev.slm.base.Problem;
import dev.slm.base.Settings;
import dev.slm.cache.ModelCache;
import dev.slm.cache.Relocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** Changes the folder where models are kept. */
public final class CacheFolderCommands implements CommandGroup {
  private static final List<String> WAYS = List.of("move", "link", "leave");

  private final Settings settings;
  private final Supplier<ModelCache> cache;

  public CacheFolderCommands(Settings settings, Supplier<ModelCache> cache) {
    this.settings = settings;
    this.cache = cache;
  }

  @Override
  public List<CommandSpec> commands() {
    return List.of(
        CommandSpec.named("cache cd")
            .group(CacheCommands.GROUP)
            .says("Changes the folder where models are kept, and creates it.")
            .more("Models in the old folder are moved, linked or left; you are asked which.")
            .argument("FOLDER", "the new folder", Values.folders())
            .flag("--move", "move the models there")
            .flag("--link", "make links there to the models here")
            .flag("--leave", "leave the models where they are")
            .example("cache cd ~/models", "asks what to do with the models you have")
            .example("cache cd ./models --leave", "in a script: the old ones stay where they are")
            .runs(this::change));
  }

  private void change(Call call) {
    ModelCache from = cache.get();
    ModelCache to = ModelCache.at(call.path("FOLDER"));
    if (to.root().equals(from.root())) {
      call.screen().note("models are kept there already");
      return;
    }
    create(to.root());
    bring(way(call, from), from, to, call);
    settings.set(Settings.CACHE_FOLDER, to.root().toString());
    call.screen().line(to.root().toString());
  }

  private static void bring(String way, ModelCache from, ModelCache to, Call call) {
    switch (way) {
      case "move" ->
          call.screen().note("moved " + models(Relocation.move(from, to, call.progress())));
      case "link" ->
          call.screen().note("linked " + models(Relocation.link(from, to, call.progress())));
      default -> {}
    }
  }

  private static String way(Call call, ModelCache from) {
    List<String> typed = WAYS.stream().filter(call::flag).toList();
    int models = from.list().size();
    if (typed.size() > 1) {
      throw Problem.usage("--" + String.join(" and --", typed) + " exclude each other");
    }
    if (!typed.isEmpty() || models == 0) {
      return typed.isEmpty() ? "leave" : typed.getFirst();
    }
    if (!call.input().isInteractive()) {
      throw Problem.usage("the old folder holds " + models(models))
          .why("nobody is here to say what happens to them")
          .next("cache cd FOLDER --move, --link or --leave");
    }
    String question = "move, link or leave the " + models(models) + " there? [leave] ";
    String answer = call.input().line(question).orElse("").strip().toLowerCase(Locale.ROOT);
    return WAYS.stream()
        .filter(way -> !answer.isEmpty() && way.startsWith(answer))
        .findFirst()
        .orElse("leave");
  }

  static String models(int count) {
    return count == 1 ? "1 model" : count + " models";
  }

  private static void create(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw DurableFile.cannotWrite(folder, e);
    }
  }
}
