package dev.slm.text.jinja;

import org.jspecify.annotations.Nullable;

/** Something that a template can call. */
interface Function {
  @Nullable Object call(Given given);
}
