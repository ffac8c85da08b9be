package dev.slm.shell;

import dev.slm.base.Progress;

/** Makes a known model runnable before it is loaded, when it is not; leaves other names alone. */
public interface Preparer {
  void prepare(String name, Progress progress);
}
