package dev.slm.engine;

import dev.slm.base.Problem;

/** What every engine asks of a prompt before it computes anything. */
public final class Prompts {
  private Prompts() {}

  /**
   * Refuses ids that the model does not have, and prompts that leave less than {@code room} tokens
   * of the context.
   */
  public static void check(int[] ids, int room, LoadedModel model) {
    if (ids.length == 0) {
      throw Problem.usage("the prompt is empty");
    }
    if (ids.length + room > model.contextLength()) {
      throw Problem.usage("the prompt has " + ids.length + " tokens")
          .why("the context holds " + model.contextLength());
    }
    for (int id : ids) {
      if (id < 0 || id >= model.vocabularySize()) {
        throw Problem.usage("the prompt has a token " + id)
            .why("the model's tokens are 0 to " + (model.vocabularySize() - 1));
      }
    }
  }
}
