package dev.slm.profile;

import java.util.List;
import java.util.Map;

/**
 * A place where a model is put to work.
 *
 * @param source where the figures come from
 * @param limits what the place gives to one copy of the service
 * @param port where the service listens
 * @param image container image, empty where there is none
 * @param files what is written to deploy there
 * @param settings further values that only this kind of place has
 */
public record Environment(
    String name,
    String description,
    String source,
    Limits limits,
    int port,
    String image,
    List<String> files,
    Map<String, String> settings) {

  /**
   * What one copy of the service may use.
   *
   * @param cpus processor cores
   * @param memoryShare memory to ask for, as a multiple of what the model needs
   * @param replicas copies to start with
   */
  public record Limits(int cpus, double memoryShare, int replicas) {}

  public Environment {
    files = List.copyOf(files);
    settings = Map.copyOf(settings);
  }

  static Environment read(Fields fields) {
    Fields limits = fields.object("limits");
    Environment environment =
        new Environment(
            fields.text("name"),
            fields.text("description"),
            fields.text("source"),
            new Limits(
                limits.integer("cpus", 1, 1024),
                limits.integer("memoryPercent", 100, 1000) / 100.0,
                limits.integer("replicas", 1, 1000)),
            fields.integer("port", 1, 65_535),
            fields.optionalText("image").orElse(""),
            fields.texts("files"),
            fields.has("settings") ? fields.textsByName("settings") : Map.of());
    limits.end();
    return environment;
  }
}
