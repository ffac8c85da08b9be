package dev.slm.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Attributes, items and slices of values. */
final class Members {
  private final Methods methods;
  private final Budget budget;

  Members(Budget budget) {
    this.budget = budget;
    methods = new Methods(budget);
  }

  /** {@code target.name}: a method first, then a field, as Jinja does. */
  @Nullable Object attribute(@Nullable Object target, String name) {
    return switch (target) {
      case Undefined missing -> throw missing.fault();
      case Loop loop -> loop.field(name);
      case Namespace namespace when namespace.fields.containsKey(name) ->
          namespace.fields.get(name);
      case Namespace _ -> new Undefined(name);
      case null, default -> {
        // a method that a dictionary has under the same name as a key comes first in Python, too
        Function method = methods.find(target, name).orElse(null);
        yield method != null ? method : field(target, name);
      }
    };
  }

  private static @Nullable Object field(@Nullable Object target, String name) {
    return target instanceof Map<?, ?> map && map.containsKey(name)
        ? map.get(name)
        : new Undefined(name);
  }

  /** {@code target[index]}. */
  @Nullable Object item(@Nullable Object target, @Nullable Object index) {
    return switch (target) {
      case Undefined missing -> throw missing.fault();
      case Map<?, ?> map when index != null && map.containsKey(index) -> map.get(index);
      case List<?> list when index instanceof Long place -> at(list, place);
      case String text when index instanceof Long place -> at(Values.items(text), place);
      case null, default ->
          index instanceof String name && !(target instanceof Map<?, ?>)
              ? attribute(target, name)
              : new Undefined(String.valueOf(index));
    };
  }

  private static @Nullable Object at(List<?> list, long place) {
    long index = place < 0 ? place + list.size() : place;
    return index < 0 || index >= list.size()
        ? new Undefined("[" + place + "]")
        : list.get((int) index);
  }

  /** A field of a field, such as {@code function.name}, as filters take it. */
  @Nullable Object path(@Nullable Object item, @Nullable Object path) {
    if (!(path instanceof String names)) {
      return item(item, path);
    }
    Object value = item;
    for (String name : names.split("\\.", -1)) {
      if (value instanceof Undefined) {
        return value;
      }
      boolean isPlace = !name.isEmpty() && name.chars().allMatch(Character::isDigit);
      value =
          isPlace && !(value instanceof Map<?, ?>)
              ? item(value, Long.parseLong(name))
              : value instanceof Map<?, ?> ? field(value, name) : attribute(value, name);
    }
    return value;
  }

  Object slice(
      @Nullable Object target, @Nullable Long from, @Nullable Long to, @Nullable Long step) {
    if (target instanceof String text) {
      budget.characters(text.length());
      int[] points = text.codePoints().toArray();
      StringBuilder out = new StringBuilder();
      places(points.length, from, to, step).forEach(place -> out.appendCodePoint(points[place]));
      return out.toString();
    }
    if (target instanceof List<?> list) {
      List<@Nullable Object> part = new ArrayList<>();
      places(list.size(), from, to, step).forEach(place -> part.add(list.get(place)));
      return part;
    }
    if (target instanceof Undefined missing) {
      throw missing.fault();
    }
    throw TemplateFault.of(Values.kind(target) + " has no slices");
  }

  private static List<Integer> places(
      int length, @Nullable Long from, @Nullable Long to, @Nullable Long step) {
    long stride = step == null ? 1 : step;
    if (stride == 0) {
      throw TemplateFault.of("a slice cannot have a step of 0");
    }
    long lowest = stride > 0 ? 0 : -1;
    long highest = stride > 0 ? length : length - 1L;
    long start =
        from == null ? (stride > 0 ? 0 : length - 1L) : clamp(from, length, lowest, highest);
    long end = to == null ? (stride > 0 ? length : -1L) : clamp(to, length, lowest, highest);
    List<Integer> places = new ArrayList<>();
    for (long i = start; stride > 0 ? i < end : i > end; i += stride) {
      places.add((int) i);
    }
    return places;
  }

  private static long clamp(long place, int length, long lowest, long highest) {
    long index = place < 0 ? place + length : place;
    return Math.clamp(index, lowest, Math.max(lowest, highest));
  }
}
