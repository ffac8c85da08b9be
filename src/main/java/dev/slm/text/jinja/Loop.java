package dev.slm.text.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a loop tells its body as {@code loop}. */
final class Loop {
  private final List<@Nullable Object> items;
  private int index;
  private @Nullable Object lastSeen = this;

  Loop(List<@Nullable Object> items) {
    this.items = items;
  }

  void at(int place) {
    index = place;
  }

  @Nullable Object field(String name) {
    int size = items.size();
    return switch (name) {
      case "index" -> index + 1L;
      case "index0" -> (long) index;
      case "revindex" -> (long) size - index;
      case "revindex0" -> (long) size - index - 1;
      case "first" -> index == 0;
      case "last" -> index == size - 1;
      case "length" -> (long) size;
      case "depth" -> 1L;
      case "depth0" -> 0L;
      case "previtem" -> index == 0 ? new Undefined("loop.previtem") : items.get(index - 1);
      case "nextitem" -> index == size - 1 ? new Undefined("loop.nextitem") : items.get(index + 1);
      case "cycle" -> (Function) given -> given.turn(index);
      case "changed" -> (Function) given -> changed(given.positional());
      default -> new Undefined("loop." + name);
    };
  }

  private boolean changed(List<@Nullable Object> values) {
    boolean changed = lastSeen == this || !Values.equal(lastSeen, values);
    lastSeen = values;
    return changed;
  }
}
