package dev.slm.measure;

import dev.slm.base.Progress;
import dev.slm.model.GenerationSettings;

/** A model that can be asked and measured; closed after use. */
public interface Speaker extends AutoCloseable {
  Sample ask(String prompt, GenerationSettings settings, Progress progress);

  /** Seconds that loading took, 0 when it was not loaded here. */
  double loadSeconds();

  /** Bytes on the disk, 0 when unknown. */
  long diskBytes();

  /** Whether it runs in this process, so that our memory is its memory. */
  boolean isHere();

  @Override
  void close();

  /** Opens speakers by name. */
  interface Source {
    Speaker open(String model, Progress progress);
  }
}
