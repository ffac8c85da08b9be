package dev.slm.engine;

/**
 * How to load a model.
 *
 * @param threads threads of one generation, 0 for the machine's physical cores
 * @param maxContext most tokens of a conversation, 0 for the model's own limit or what fits memory
 * @param memory bytes that model and conversations may take, 0 for what the machine has free
 * @param isMadeHere whether this process made the folder just now, so that nobody else can have
 *     changed it: it need not be tried in a process of its own
 */
public record LoadSettings(int threads, int maxContext, long memory, boolean isMadeHere) {
  public static final LoadSettings DEFAULT = new LoadSettings(0, 0);

  public LoadSettings(int threads, int maxContext) {
    this(threads, maxContext, 0, false);
  }

  public LoadSettings withThreads(int value) {
    return new LoadSettings(value, maxContext, memory, isMadeHere);
  }

  public LoadSettings withMaxContext(int value) {
    return new LoadSettings(threads, value, memory, isMadeHere);
  }

  public LoadSettings withMemory(long value) {
    return new LoadSettings(threads, maxContext, value, isMadeHere);
  }

  /** These, and where they leave something open, the others. */
  public LoadSettings or(LoadSettings others) {
    return new LoadSettings(
        threads > 0 ? threads : others.threads,
        maxContext > 0 ? maxContext : others.maxContext,
        memory > 0 ? memory : others.memory,
        isMadeHere || others.isMadeHere);
  }

  /** The same, for a folder that this process has just made. */
  public LoadSettings madeHere() {
    return new LoadSettings(threads, maxContext, memory, true);
  }
}
