package dev.slm.shell;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.base.Units;
import dev.slm.cache.CachedModel;
import dev.slm.model.Manifest;
import dev.slm.model.Precision;
import dev.slm.prepare.DownloadPlan;
import dev.slm.prepare.ModelDownload;
import dev.slm.prepare.ModelImport;
import dev.slm.prepare.Wanted;
import dev.slm.profile.CatalogEntry;
import dev.slm.profile.Profiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Brings models into the cache: from the hub, or from a folder. */
public final class DownloadCommands implements CommandGroup {
  private static final String GROUP = "Models";

  private final Supplier<ModelDownload> downloads;
  private final Supplier<ModelImport> imports;
  private final Supplier<Profiles> profiles;

  public DownloadCommands(
      Supplier<ModelDownload> downloads,
      Supplier<ModelImport> imports,
      Supplier<Profiles> profiles) {
    this.downloads = downloads;
    this.imports = imports;
    this.profiles = profiles;
  }

  @Override
  public List<CommandSpec> commands() {
    return List.of(download(), bringFolder());
  }

  private CommandSpec download() {
    return CommandSpec.named("model download")
        .aliases("model pull", "pull")
        .group(GROUP)
        .says("Brings a model into the cache, ready to run.")
        .more(
            "Takes a ready onnxruntime-genai folder of the repository when it has one of the"
                + " precision, else the checkpoint, which is then converted. An interrupted"
                + " download goes on where it ended when the command is repeated.")
        .argument(
            "NAME",
            "alias of the catalog, owner/repo or owner/repo@revision",
            Values.names(this::aliases))
        .option("--precision", "P", "int4, int8, fp16 or fp32", Values.choice(Precision.ids()))
        .option("--revision", "REV", "branch, tag or commit", Values.suggest("main"))
        .flag("--raw", "keep the checkpoint as it is")
        .flag("--dry-run", "say what would be downloaded, and stop")
        .json()
        .example("model download qwen2.5-0.5b", "the recommended precision")
        .example(
            "model download HuggingFaceTB/SmolLM2-135M-Instruct --precision int8", "from the hub")
        .runs(this::download);
  }

  private void download(Call call) {
    Wanted wanted =
        new Wanted(
            call.argument("NAME"),
            call.option("precision").map(Precision::parse),
            call.option("revision"),
            call.flag("raw"));
    Optional<CachedModel> cached = downloads.get().cached(wanted);
    if (cached.isPresent()) {
      call.screen().note("'" + cached.get().name() + "' is in the cache already");
      show(call, cached.get());
    } else if (call.flag("dry-run")) {
      plan(call, wanted);
    } else {
      fetch(call, wanted);
    }
  }

  private void fetch(Call call, Wanted wanted) {
    try {
      bring(call, progress -> downloads.get().bring(wanted, progress));
    } catch (Problem e) {
      if (e.status() == Problem.Status.INTERRUPTED) {
        call.screen().note("what was fetched is kept: the same command goes on");
      }
      throw e;
    }
  }

  private void plan(Call call, Wanted wanted) {
    Optional<DownloadPlan> plan = downloads.get().plan(wanted, call.progress());
    if (plan.isEmpty()) {
      call.screen().line("'" + wanted.name() + "' comes with slm; nothing is downloaded");
    } else if (call.flag("json")) {
      call.screen().json(fields(plan.get()));
    } else {
      Table table = Table.of("FILE", ">SIZE");
      plan.get().files().forEach(file -> table.row(file.path(), Units.bytes(file.bytes())));
      call.screen().table(table);
      call.screen()
          .line(
              "%s at commit %s: %s to download, %s"
                  .formatted(
                      plan.get().repository(),
                      plan.get().commit(),
                      Units.bytes(plan.get().bytes()),
                      outcome(plan.get())));
    }
  }

  private static String outcome(DownloadPlan plan) {
    if (plan.isReady()) {
      return "runs as it is";
    }
    return plan.isConverted() ? "then converted" : "kept as it is";
  }

  private static Map<String, Object> fields(DownloadPlan plan) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("repository", plan.repository());
    fields.put("commit", plan.commit());
    fields.put("bytes", plan.bytes());
    fields.put("ready", plan.isReady());
    fields.put("converted", plan.isConverted());
    fields.put("files", plan.files());
    return fields;
  }

  private CommandSpec bringFolder() {
    return CommandSpec.named("model import")
        .group(GROUP)
        .says("Copies a folder with a model into the cache.")
        .more(
            "Takes Hugging Face checkpoints with safetensors files and folders of"
                + " onnxruntime-genai; the original stays as it is.")
        .argument("DIR", "the folder", Values.folders())
        .option("--name", "NAME", "what to call it", Values.any())
        .json()
        .example("model import ./my-finetuned-model", "a checkpoint of your own")
        .runs(
            call -> {
              Path folder = call.path("DIR");
              bring(call, progress -> imports.get().bring(folder, call.option("name"), progress));
            });
  }

  /** Brings a model here. */
  private interface Work {
    CachedModel run(Progress progress);
  }

  private static void bring(Call call, Work work) {
    long start = System.nanoTime();
    CachedModel model = work.run(call.progress());
    String time = Units.time(Duration.ofNanos(System.nanoTime() - start));
    call.screen().note("'" + model.name() + "' is in the cache, after " + time);
    show(call, model);
  }

  private static void show(Call call, CachedModel model) {
    if (call.flag("json")) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("name", model.name());
      fields.put("folder", model.folder().toString());
      fields.put("bytes", model.bytes());
      fields.put("licence", model.licence());
      fields.put("commit", model.manifest().map(it -> it.source().commit()).orElse(""));
      call.screen().json(fields);
      return;
    }
    call.screen().line(model.name() + "  " + Units.bytes(model.bytes()) + "  " + model.folder());
    boolean isModel = model.kind() == Manifest.Kind.MODEL;
    call.screen().note("try: " + (isModel ? "model run " : "quantize ") + model.name());
  }

  private List<String> aliases() {
    return profiles.get().catalog().stream().map(CatalogEntry::alias).toList();
  }
}
