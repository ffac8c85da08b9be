package dev.slm.shell;

import dev.slm.base.Units;
import dev.slm.cache.CachedModel;
import dev.slm.profile.CatalogEntry;
import dev.slm.profile.Profiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The catalog, filtered and sorted, with what of it is cached. */
final class CatalogList {
  /** By what a list can be sorted. */
  static final List<String> KEYS = List.of("alias", "parameters", "disk", "memory", "context");

  private final Profiles profiles;
  private final List<CachedModel> cached;

  CatalogList(Profiles profiles, List<CachedModel> cached) {
    this.profiles = profiles;
    this.cached = cached;
  }

  static List<String> sizes() {
    return names(CatalogEntry.SizeClass.values());
  }

  static List<String> capabilities() {
    return names(CatalogEntry.Capability.values());
  }

  /** Entries that pass all filters of a call. */
  List<CatalogEntry> chosen(Call call) {
    return profiles.catalog().stream()
        .filter(entry -> is(call, "size", lower(entry.sizeClass())))
        .filter(entry -> is(call, "family", entry.family()))
        .filter(entry -> is(call, "licence", entry.licence().id()))
        .filter(entry -> isAble(call, entry))
        .filter(entry -> !call.flag("cached") || !precisions(entry).isEmpty())
        .sorted(order(call.option("sort", "alias")))
        .toList();
  }

  /** What to say when nothing passed the filters of a call. */
  String nothing(Call call) {
    return call.flag("cached")
        ? "nothing of the catalog like that is cached; see: cache ls"
        : "no model in the catalog is like that; families: %s; licences: %s"
            .formatted(known(CatalogEntry::family), known(entry -> entry.licence().id()));
  }

  Table table(List<CatalogEntry> entries) {
    List<String> headings =
        new ArrayList<>(
            List.of(
                "ALIAS",
                ">?PARAMS",
                ">DISK",
                ">MEMORY",
                ">?CONTEXT",
                "?CAN",
                "+CLASS",
                "+LICENCE"));
    boolean someAreCached = entries.stream().anyMatch(entry -> !precisions(entry).isEmpty());
    if (someAreCached) {
      headings.add("CACHED");
    }
    Table table = Table.of(headings.toArray(String[]::new));
    for (CatalogEntry entry : entries) {
      List<Object> cells = new ArrayList<>(cells(entry));
      if (someAreCached) {
        cells.add(String.join(" ", precisions(entry)));
      }
      table.row(cells.toArray());
    }
    return table;
  }

  private List<Object> cells(CatalogEntry entry) {
    return List.of(
        Text.of(entry.alias(), Text.Style.NAME),
        Units.count(entry.parameters()),
        Units.bytes(disk(entry)),
        Units.bytes(memory(entry)),
        Units.grouped(entry.contextLength()),
        String.join(" ", able(entry)),
        lower(entry.sizeClass()),
        entry.licence().id());
  }

  Map<String, Object> fields(CatalogEntry entry) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("alias", entry.alias());
    fields.put("description", entry.description());
    fields.put("repository", entry.repository());
    fields.put("revision", entry.revision());
    fields.put("family", entry.family());
    fields.put("size", lower(entry.sizeClass()));
    fields.put("parameters", entry.parameters());
    fields.put("contextLength", entry.contextLength());
    fields.put("capabilities", able(entry));
    fields.put("licence", entry.licence().id());
    fields.put("commercialUse", entry.licence().commercialUse());
    fields.put("gated", entry.gated());
    fields.put("recipe", entry.recipe());
    fields.put("diskBytes", disk(entry));
    fields.put("memoryBytes", memory(entry));
    fields.put("cached", precisions(entry));
    return fields;
  }

  /** The precisions of an alias in the cache; a checkpoint counts as one. */
  private List<String> precisions(CatalogEntry entry) {
    return cached.stream()
        .filter(model -> model.alias().equalsIgnoreCase(entry.alias()))
        .map(model -> model.precision().map(p -> p.id()).orElse("checkpoint"))
        .distinct()
        .toList();
  }

  private Comparator<CatalogEntry> order(String key) {
    Comparator<CatalogEntry> order =
        switch (key) {
          case "parameters" -> Comparator.comparingLong(CatalogEntry::parameters);
          case "disk" -> Comparator.comparingLong(this::disk);
          case "memory" -> Comparator.comparingLong(this::memory);
          case "context" -> Comparator.comparingInt(CatalogEntry::contextLength);
          default -> Comparator.comparing(CatalogEntry::alias);
        };
    return order.thenComparing(CatalogEntry::alias);
  }

  private long disk(CatalogEntry entry) {
    return entry.diskBytes(profiles.recipe(entry.recipe()));
  }

  private long memory(CatalogEntry entry) {
    return entry.memoryBytes(profiles.recipe(entry.recipe()), CatalogEntry.USUAL_TOKENS);
  }

  private String known(Function<CatalogEntry, String> fact) {
    return profiles.catalog().stream()
        .map(fact)
        .distinct()
        .sorted()
        .collect(Collectors.joining(" "));
  }

  private static boolean is(Call call, String option, String value) {
    return call.option(option).map(value::equalsIgnoreCase).orElse(true);
  }

  private static boolean isAble(Call call, CatalogEntry entry) {
    return call.options("capability").stream()
        .allMatch(wanted -> able(entry).contains(wanted.toLowerCase(Locale.ROOT)));
  }

  static List<String> able(CatalogEntry entry) {
    List<String> able = new ArrayList<>();
    entry.capabilities().forEach(capability -> able.add(lower(capability)));
    return able;
  }

  private static List<String> names(Enum<?>[] constants) {
    return Arrays.stream(constants).map(CatalogList::lower).toList();
  }

  static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
