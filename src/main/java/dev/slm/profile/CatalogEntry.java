package dev.slm.profile;

import java.util.List;

/**
 * A model that can be had under a short name.
 *
 * @param alias what people type
 * @param source where the facts come from
 * @param repository hub repository, {@code owner/name}
 * @param revision branch, tag or commit
 * @param gated whether the hub asks to log in and accept terms first
 * @param contextLength most tokens of a conversation
 * @param recipe how to store it when nobody says otherwise
 */
public record CatalogEntry(
    String alias,
    String description,
    String source,
    String repository,
    String revision,
    String family,
    Licence licence,
    boolean gated,
    long parameters,
    int contextLength,
    List<Capability> capabilities,
    String recipe,
    Architecture architecture) {

  /** What holds a model in memory besides weights and conversation: runtime, buffers, program. */
  private static final long WORKING_BYTES = 200_000_000;

  /** Tokens that a first look at a model's memory need counts with. */
  public static final int USUAL_TOKENS = 4096;

  /** Repositories of this owner come with the program. */
  private static final String BUNDLED = "bundled/";

  /**
   * What a model's owner allows.
   *
   * @param id SPDX identifier, or the name that the hub uses
   * @param commercialUse one sentence on what is allowed
   */
  public record Licence(String id, String commercialUse) {}

  /** What a model was made for. */
  public enum Capability {
    CHAT,
    TOOLS,
    CODE,
    REASONING,
    EMBEDDING
  }

  /** The course's classes of small models, by parameters. */
  public enum SizeClass {
    MICRO(1_500_000_000L),
    SMALL(14_000_000_000L),
    MEDIUM(Long.MAX_VALUE);

    private final long below;

    SizeClass(long below) {
      this.below = below;
    }

    public static SizeClass of(long parameters) {
      for (SizeClass size : values()) {
        if (parameters < size.below) {
          return size;
        }
      }
      return MEDIUM;
    }
  }

  public CatalogEntry {
    capabilities = List.copyOf(capabilities);
  }

  public SizeClass sizeClass() {
    return SizeClass.of(parameters);
  }

  public boolean isBundled() {
    return repository.startsWith(BUNDLED);
  }

  /** Bytes on disk after a recipe, without tokenizer and graph. */
  public long diskBytes(Recipe with) {
    return architecture.weightBytes(parameters, with);
  }

  /** Bytes of memory to run it with a conversation of so many tokens. */
  public long memoryBytes(Recipe with, int tokens) {
    return diskBytes(with)
        + architecture.cacheBytes(Math.min(tokens, contextLength))
        + WORKING_BYTES;
  }

  static CatalogEntry read(Fields fields) {
    Fields licence = fields.object("licence");
    CatalogEntry entry =
        new CatalogEntry(
            fields.text("alias"),
            fields.text("description"),
            fields.text("source"),
            fields.text("repository"),
            fields.text("revision"),
            fields.text("family"),
            new Licence(licence.text("id"), licence.text("commercialUse")),
            fields.flag("gated"),
            fields.number("parameters", 1, 1_000_000_000_000L),
            fields.integer("contextLength", 1, 100_000_000),
            fields.choices("capabilities", Capability.class),
            fields.text("recipe"),
            Architecture.read(fields.object("architecture")));
    licence.end();
    if (!entry.repository.isEmpty() && !entry.repository.matches("[\\w.-]+/[\\w.-]+")) {
      fields.mistake("repository", "'" + entry.repository + "'", "owner/name");
    }
    return entry;
  }
}
