package dev.slm.shell;

import dev.slm.cache.CachedModel;
import dev.slm.cache.ModelCache;
import dev.slm.profile.CatalogEntry;
import dev.slm.profile.Profiles;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Shows which models there are, and all that is known of one. */
public final class ModelListCommands implements CommandGroup {
  private static final String GROUP = "Models";

  private final Supplier<Profiles> profiles;
  private final Supplier<ModelCache> cache;

  public ModelListCommands(Supplier<Profiles> profiles, Supplier<ModelCache> cache) {
    this.profiles = profiles;
    this.cache = cache;
  }

  @Override
  public List<CommandSpec> commands() {
    return List.of(list(), info());
  }

  private CommandSpec list() {
    return CommandSpec.named("model list")
        .aliases("model ls", "models")
        .group(GROUP)
        .says("Lists the models of the catalog, with what they need and what is cached.")
        .more(
            "DISK and MEMORY are those of the recommended recipe, with a conversation of 4096 tokens.")
        .option("--size", "CLASS", "micro, small or medium", Values.choice(CatalogList.sizes()))
        .option("--family", "NAME", "of this architecture", Values.names(this::families))
        .option("--licence --license", "ID", "under this licence", Values.names(this::licences))
        .option(
            "--capability",
            "WORD",
            "made for this; may be given several times",
            Values.choice(CatalogList.capabilities()))
        .flag("--cached", "only those on disk")
        .option("--sort", "KEY", "the order", Values.choice(CatalogList.KEYS))
        .json()
        .example("model list", "everything that can be had by name")
        .example("model list --size micro --capability code", "small models that write code")
        .runs(this::list);
  }

  private void list(Call call) {
    CatalogList catalog = new CatalogList(profiles.get(), cache.get().list());
    List<CatalogEntry> chosen = catalog.chosen(call);
    if (call.flag("json")) {
      call.screen().json(chosen.stream().map(catalog::fields).toList());
    } else if (chosen.isEmpty()) {
      call.screen().note(catalog.nothing(call));
    } else {
      call.screen().table(catalog.table(chosen));
    }
  }

  private CommandSpec info() {
    return CommandSpec.named("model info")
        .aliases("model show", "show", "info")
        .group(GROUP)
        .says("Shows all that is known of a model: facts, what is cached, what it needs.")
        .argument("NAME", "an alias, a repository, or the name of a cached model", names())
        .json()
        .example("model info qwen2.5-0.5b", "licence, sizes, and whether it fits this machine")
        .runs(this::info);
  }

  private void info(Call call) {
    ModelInfo info = ModelInfo.of(call.argument("NAME"), profiles.get(), cache.get());
    if (call.flag("json")) {
      call.screen().json(info.fields());
      return;
    }
    Table table = Table.of("", "").wrapsLast();
    info.facts().forEach(fact -> table.row(Text.dim(fact.name()), Text.of(fact.value())));
    call.screen().table(table);
  }

  private List<String> families() {
    return profiles.get().catalog().stream().map(CatalogEntry::family).distinct().toList();
  }

  private List<String> licences() {
    return profiles.get().catalog().stream().map(entry -> entry.licence().id()).distinct().toList();
  }

  /** Cached names first: those are what people mean most. */
  private Values names() {
    return Values.names(
        () -> {
          List<String> names =
              new ArrayList<>(cache.get().list().stream().map(CachedModel::name).toList());
          profiles.get().catalog().forEach(entry -> names.add(entry.alias()));
          return names;
        });
  }
}
