package dev.slm.text.jinja;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fields that keep their values when the scope in which they were set ends. */
final class Namespace {
  final Map<String, @Nullable Object> fields = new LinkedHashMap<>();
}
