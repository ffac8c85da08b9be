package dev.slm.text;

/** A rendered prompt: as people may read it, and as the model gets it. */
public final class Prompt {
  private final String text;
  private final int[] ids;

  Prompt(String text, int[] ids) {
    this.text = text;
    this.ids = ids;
  }

  public String text() {
    return text;
  }

  /** A copy of the token ids. */
  public int[] ids() {
    return ids.clone();
  }
}
