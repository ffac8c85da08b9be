package dev.slm.engine;

/**
 * How to load a model.
 *
 * @param threads threads of one generation, 0 for the machine's physical cores
 * @param maxContext most tokens of a conversation, 0 for the model's own limit or what fits memory
 * @param memory bytes that model and conversations may take, 0 for what the machine has free
 */
public record LoadSettings(int threads, int maxContext, long memory) {
  public static final LoadSettings DEFAULT = new LoadSettings(0, 0);

  public LoadSettings(int threads, int maxContext) {
    this(threads, maxContext, 0);
  }

  public LoadSettings withThreads(int value) {
    return new LoadSettings(value, maxContext, memory);
  }

  public LoadSettings withMaxContext(int value) {
    return new LoadSettings(threads, value, memory);
  }

  public LoadSettings withMemory(long value) {
    return new LoadSettings(threads, maxContext, value);
  }
}
