package dev.slm.shell;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Says what is wrong: with this machine, or with a folder. */
public final class DoctorCommands implements CommandGroup {
  /** Looks at the machine, the settings, the cache. */
  public interface Check {
    List<Finding> findings();
  }

  /** Looks at one file or folder; finds nothing when it is none of its business. */
  public interface Examiner {
    List<Finding> examine(Path path, Progress progress);
  }

  private final List<Check> checks;
  private final List<Examiner> examiners;
  private final Function<String, Optional<Path>> models;
  private final Supplier<List<String>> names;

  /**
   * The commands.
   *
   * @param models the folder of a model that is known by a name
   * @param names models of the cache and of the catalog
   */
  public DoctorCommands(
      List<Check> checks,
      List<Examiner> examiners,
      Function<String, Optional<Path>> models,
      Supplier<List<String>> names) {
    this.checks = List.copyOf(checks);
    this.examiners = List.copyOf(examiners);
    this.models = models;
    this.names = names;
  }

  @Override
  public List<CommandSpec> commands() {
    return List.of(
        CommandSpec.named("doctor")
            .group("Session")
            .says("Says what is wrong, and what to do: with this machine, or with a folder.")
            .optionalArgument(
                "PATH", "a model's name, or a folder or file to look at", Values.files())
            .json()
            .example("doctor", "checks this machine, the settings and the cache")
            .example("doctor slm-demo", "how a model would be run, and whether it answers")
            .example("doctor ./my-model", "why a folder is not listed, or does not load")
            .runs(this::print));
  }

  private void print(Call call) {
    List<Finding> findings = new ArrayList<>();
    if (call.optional("PATH").isPresent()) {
      Path path = folder(call);
      if (!Files.exists(path) && names.get().contains(call.argument("PATH"))) {
        throw Problem.usage("'" + call.argument("PATH") + "' is not in the cache yet")
            .next("model run " + call.argument("PATH"));
      }
      examiners.forEach(examiner -> findings.addAll(examiner.examine(path, call.progress())));
      if (findings.isEmpty()) {
        findings.add(Finding.warning("nothing is known about '" + path + "'", ""));
      }
    } else {
      checks.forEach(check -> findings.addAll(check.findings()));
    }
    if (call.flag("json")) {
      call.screen().json(findings.stream().map(DoctorCommands::fields).toList());
    } else {
      Table table = Table.of("", "").wrapsLast();
      findings.forEach(finding -> add(finding, table));
      call.screen().table(table);
    }
    long bad = findings.stream().filter(f -> f.level() == Finding.Level.BAD).count();
    if (bad > 0) {
      throw Problem.failed(bad == 1 ? "1 thing is wrong" : bad + " things are wrong");
    }
  }

  /** What is there by that name comes before a model of that name. */
  private Path folder(Call call) {
    Path path = call.path("PATH");
    return Files.exists(path) ? path : models.apply(call.argument("PATH")).orElse(path);
  }

  private static void add(Finding finding, Table table) {
    Text mark =
        switch (finding.level()) {
          case GOOD -> Text.of("ok     ", Text.Style.GOOD);
          case WARNING -> Text.of("warning", Text.Style.WARNING);
          case BAD -> Text.of("wrong  ", Text.Style.BAD);
        };
    List<String> lines = finding.what().lines().toList();
    table.row(mark, lines.getFirst());
    lines.subList(1, lines.size()).forEach(line -> table.row("", line));
    if (!finding.next().isEmpty()) {
      table.row("", Text.dim("try: ").and(Text.of(finding.next(), Text.Style.NAME)));
    }
  }

  private static Map<String, String> fields(Finding finding) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("level", finding.level().name().toLowerCase(Locale.ROOT));
    fields.put("what", finding.what());
    fields.put("next", finding.next());
    return fields;
  }
}
