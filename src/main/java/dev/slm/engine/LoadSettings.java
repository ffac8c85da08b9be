package dev.slm.engine;

/**
 * How to load a model.
 *
 * @param threads threads of one generation, 0 for the machine's physical cores
 * @param maxContext most tokens of a conversation, 0 for the model's own limit
 */
public record LoadSettings(int threads, int maxContext) {
  public static final LoadSettings DEFAULT = new LoadSettings(0, 0);
}
