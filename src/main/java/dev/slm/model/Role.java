package dev.slm.model;

import java.util.Locale;

/** Who says a message. */
public enum Role {
  SYSTEM,
  USER,
  ASSISTANT,
  TOOL;

  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
