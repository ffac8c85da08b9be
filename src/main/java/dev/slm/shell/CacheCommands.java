package dev.slm.shell;

import dev.slm.base.Problem;
import dev.slm.base.SafeText;
import dev.slm.base.Units;
import dev.slm.cache.CachedModel;
import dev.slm.cache.ModelArchive;
import dev.slm.cache.ModelCache;
import dev.slm.cache.Verification;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Lists, checks, packs and removes the models on disk. */
public final class CacheCommands implements CommandGroup {
  static final String GROUP = "Cache";

  private final Supplier<ModelCache> cache;

  public CacheCommands(Supplier<ModelCache> cache) {
    this.cache = cache;
  }

  @Override
  public List<CommandSpec> commands() {
    return List.of(list(), location(), remove(), verify(), prune(), pack(), unpack());
  }

  private CommandSpec list() {
    return CommandSpec.named("cache ls")
        .aliases("cache list", "list", "ls")
        .group(GROUP)
        .says("Lists the models on disk.")
        .json()
        .example("cache ls", "every model with its size, when it was last used, and its state")
        .example("cache ls --json", "the same for programs")
        .runs(this::list);
  }

  private void list(Call call) {
    List<CachedModel> models = cache.get().list();
    if (call.flag("json")) {
      call.screen().json(models.stream().map(CacheTable::fields).toList());
    } else if (models.isEmpty()) {
      call.screen().note("no models in '" + cache.get().root() + "'; see: model list");
    } else {
      call.screen().table(CacheTable.of(models, Instant.now()));
    }
    long leftovers = cache.get().temporaryBytes();
    if (leftovers > 0) {
      call.screen().note(Units.bytes(leftovers) + " of unfinished work; see: cache prune");
    }
    for (Path folder : cache.get().rejected()) {
      call.screen().note("rejected for its quality: '" + folder + "'; see: cache prune");
    }
  }

  private CommandSpec location() {
    return CommandSpec.named("cache location")
        .group(GROUP)
        .says("Prints the folder where models are kept.")
        .example("cache location", "the folder; change it with: cache cd FOLDER")
        .runs(call -> call.screen().line(cache.get().root().toString()));
  }

  private CommandSpec remove() {
    return CommandSpec.named("cache remove")
        .aliases("cache rm", "rm", "cache delete", "model remove")
        .group(GROUP)
        .says("Removes models from disk.")
        .someArguments("NAME", "the models", names())
        .flag("--yes -y", "do not ask")
        .example("cache remove qwen2.5-0.5b-int4", "asks, then removes it")
        .runs(this::remove);
  }

  private void remove(Call call) {
    List<CachedModel> models = exactly(call.arguments("NAME"));
    long bytes = models.stream().mapToLong(CachedModel::bytes).sum();
    String which = String.join(", ", models.stream().map(CachedModel::name).toList());
    if (!call.confirm("remove " + which + " (" + Units.bytes(bytes) + ")?")) {
      call.screen().note("nothing was removed");
      return;
    }
    for (CachedModel model : models) {
      cache.get().remove(model);
      call.screen().note("removed " + model.name());
    }
  }

  private CommandSpec verify() {
    return CommandSpec.named("cache verify")
        .group(GROUP)
        .says("Reads every byte of models and compares with what was written.")
        .anyArguments("NAME", "the models; without a name, all", names())
        .json()
        .example("cache verify", "names each bad file, and where it went bad")
        .runs(this::verify);
  }

  private void verify(Call call) {
    List<Verification> reports = new ArrayList<>();
    for (CachedModel model : chosen(call)) {
      if (model.manifest().isEmpty()) {
        call.screen().warn("'" + model.name() + "' cannot be verified: " + model.note());
      } else {
        reports.add(cache.get().verify(model, call.progress()));
      }
    }
    if (call.flag("json")) {
      call.screen().json(reports.stream().map(CacheCommands::fields).toList());
    } else {
      reports.forEach(report -> print(report, call.screen()));
    }
    long bad = reports.stream().filter(report -> !report.isGood()).count();
    if (bad > 0) {
      throw Problem.badFile(bad == 1 ? "1 model is damaged" : bad + " models are damaged")
          .next("cache remove NAME, then make it again");
    }
  }

  private static void print(Verification report, Screen screen) {
    if (report.isGood()) {
      Text good = Text.of("ok       ", Text.Style.GOOD);
      screen.line(good.and(report.model().name() + ", " + Units.bytes(report.bytes())));
    }
    for (Verification.Fault fault : report.faults()) {
      String where = fault.offset().isPresent() ? " at byte " + fault.offset().getAsLong() : "";
      screen.line(
          Text.of("damaged  ", Text.Style.BAD)
              .and(report.model().name() + ": '" + fault.file() + "' " + fault.what() + where));
    }
  }

  private static Map<String, Object> fields(Verification report) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", report.model().name());
    fields.put("good", report.isGood());
    fields.put("bytes", report.bytes());
    List<Map<String, Object>> faults = new ArrayList<>();
    for (Verification.Fault fault : report.faults()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("file", fault.file());
      one.put("what", fault.what());
      fault.offset().ifPresent(offset -> one.put("offset", offset));
      faults.add(one);
    }
    fields.put("faults", faults);
    return fields;
  }

  private CommandSpec prune() {
    return CommandSpec.named("cache prune")
        .group(GROUP)
        .says("Removes what unfinished work left behind, older versions, and rejected models.")
        .example("cache prune", "says how much space it freed")
        .runs(call -> call.screen().line("freed " + Units.bytes(cache.get().prune())));
  }

  private CommandSpec pack() {
    return CommandSpec.named("cache export")
        .group(GROUP)
        .says("Packs models into one file, for machines without a network.")
        .argument("FILE", "the archive to write", Values.files())
        .anyArguments("NAME", "the models; without a name, all", names())
        .example("cache export models.tar slm-demo-int4", "a tar archive with hashes of every file")
        .runs(this::pack);
  }

  private void pack(Call call) {
    refuseNameForFile(call);
    List<CachedModel> models = chosen(call);
    Path file = call.path("FILE");
    ModelArchive.write(file, models, call.progress());
    call.screen()
        .line("packed " + CacheFolderCommands.models(models.size()) + " into '" + file + "'");
  }

  /** The other order is what people type first. */
  private void refuseNameForFile(Call call) {
    List<String> names = call.arguments("NAME");
    String file = call.argument("FILE");
    if (!names.isEmpty()
        && cache.get().find(file).isPresent()
        && cache.get().find(names.getLast()).isEmpty()) {
      throw Problem.usage("'" + file + "' is a model, and the archive's name comes first")
          .next("cache export " + SafeText.word(names.getLast()) + " " + file);
    }
  }

  private CommandSpec unpack() {
    return CommandSpec.named("cache import")
        .group(GROUP)
        .says("Adds the models of an archive that cache export wrote.")
        .argument("FILE", "the archive", Values.filesEnding(".tar"))
        .example("cache import models.tar", "every byte is checked before a model appears")
        .runs(
            call -> {
              Path file = call.path("FILE");
              for (CachedModel model : ModelArchive.read(file, cache.get(), call.progress())) {
                call.screen().line(model.name() + " is in the cache");
              }
            });
  }

  private List<CachedModel> chosen(Call call) {
    List<String> typed = call.arguments("NAME");
    List<CachedModel> models = typed.isEmpty() ? cache.get().list() : exactly(typed);
    if (models.isEmpty()) {
      throw Problem.failed("there are no models in '" + cache.get().root() + "'")
          .next("model list");
    }
    return models;
  }

  private List<CachedModel> exactly(List<String> typed) {
    return typed.stream().map(name -> cache.get().named(name)).distinct().toList();
  }

  private Values names() {
    return Values.names(() -> cache.get().list().stream().map(CachedModel::name).toList());
  }
}
