package dev.slm.shell;

import java.util.Optional;
import java.util.function.Supplier;

/** What stands before the cursor: the context when it is not local, and the loaded model. */
public final class PromptText implements Supplier<Text> {
  private final Supplier<String> context;
  private final Supplier<Optional<String>> model;

  public PromptText(Supplier<String> context, Supplier<Optional<String>> model) {
    this.context = context;
    this.model = model;
  }

  @Override
  public Text get() {
    Text text = Text.bold("slm");
    String place = context.get();
    if (!place.equals(Contexts.LOCAL)) {
      text = text.and(Text.of(" @" + place, Text.Style.WARNING));
    }
    Optional<String> loaded = model.get();
    if (loaded.isPresent()) {
      text = text.and(Text.of(" " + loaded.get(), Text.Style.NAME));
    }
    return text.and("> ");
  }
}
