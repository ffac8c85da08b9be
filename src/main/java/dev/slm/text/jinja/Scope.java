package dev.slm.text.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names with their values; those of the scopes around it are seen but not changed. */
final class Scope {
  private final @Nullable Scope parent;
  private final Map<String, @Nullable Object> names = new HashMap<>();

  Scope(@Nullable Scope parent) {
    this.parent = parent;
  }

  @Nullable Object get(String name) {
    for (Scope scope = this; scope != null; scope = scope.parent) {
      if (scope.names.containsKey(name)) {
        return scope.names.get(name);
      }
    }
    return new Undefined(name);
  }

  void set(String name, @Nullable Object value) {
    names.put(name, value);
  }
}
