package dev.slm.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The methods of texts, dictionaries and lists; there are no others to be reached. */
final class Methods {
  private final Budget budget;

  Methods(Budget budget) {
    this.budget = budget;
  }

  /** A method bound to its object, or nothing when there is none of that name. */
  Optional<Function> find(@Nullable Object target, String name) {
    Function body =
        switch (target) {
          case String text -> ofText(text, name);
          case Map<?, ?> map -> ofMap(map, name);
          case List<?> list -> ofList(list, name);
          case null, default -> null;
        };
    return Optional.ofNullable(body);
  }

  private @Nullable Function ofText(String text, String name) {
    budget.characters(text.length());
    return switch (name) {
      case "strip" -> given -> stripped(text, given, true, true);
      case "lstrip" -> given -> stripped(text, given, true, false);
      case "rstrip" -> given -> stripped(text, given, false, true);
      case "split" -> given -> split(text, given, false);
      case "rsplit" -> given -> split(text, given, true);
      case "splitlines" -> _ -> new ArrayList<Object>(text.lines().toList());
      case "startswith" -> given -> matches(given, part -> text.startsWith(part));
      case "endswith" -> given -> matches(given, part -> text.endsWith(part));
      case "upper" -> _ -> Strings.upper(text);
      case "lower" -> _ -> Strings.lower(text);
      case "title" -> _ -> Strings.title(text);
      case "capitalize" -> _ -> Strings.capitalized(text);
      case "replace" -> given -> replaced(text, given);
      case "join" -> given -> joined(text, Values.items(given.get(0, "items")), budget);
      case "find" -> given -> found(text, given.text(0, "sub", ""));
      case "count" -> given -> count(text, given.text(0, "sub", ""));
      case "removeprefix" -> given -> withoutStart(text, given.text(0, "prefix", ""));
      case "removesuffix" -> given -> withoutEnd(text, given.text(0, "suffix", ""));
      case "isdigit" -> _ -> isAll(text, Character::isDigit);
      case "isalpha" -> _ -> isAll(text, Character::isLetter);
      case "isalnum" -> _ -> isAll(text, Character::isLetterOrDigit);
      case "isspace" -> _ -> isAll(text, Strings::isSpace);
      case "isupper" -> _ -> text.equals(Strings.upper(text)) && !text.equals(Strings.lower(text));
      case "islower" -> _ -> text.equals(Strings.lower(text)) && !text.equals(Strings.upper(text));
      default -> null;
    };
  }

  private static String stripped(String text, Given given, boolean start, boolean end) {
    if (given.get(0, "chars", null) instanceof String characters) {
      return Strings.strip(text, characters, start, end);
    }
    String left = start ? Strings.stripStart(text) : text;
    return end ? Strings.stripEnd(left) : left;
  }

  private List<Object> split(String text, Given given, boolean fromEnd) {
    long most = given.number(1, "maxsplit", -1);
    Object separator = given.get(0, "sep", null);
    List<Object> parts =
        separator == null
            ? Strings.splitAtSpace(text, most)
            : fromEnd
                ? Strings.splitFromEnd(text, Values.string(separator), most)
                : Strings.split(text, Values.string(separator), most);
    budget.build(parts.size());
    return parts;
  }

  private static boolean matches(Given given, Predicate<String> test) {
    Object wanted = given.get(0, "prefix");
    return wanted instanceof List<?> several
        ? several.stream().anyMatch(each -> test.test(Values.string(each)))
        : test.test(Values.string(wanted));
  }

  private String replaced(String text, Given given) {
    String old = given.text(0, "old", "");
    String with = given.text(1, "new", "");
    return replaced(text, old, with, given.number(2, "count", -1), budget);
  }

  static String replaced(String text, String old, String with, long most, Budget budget) {
    long places = old.isEmpty() ? text.length() + 1L : count(text, old);
    budget.build(text.length() + places * with.length());
    return Strings.replace(text, old, with, most);
  }

  static String joined(String separator, List<@Nullable Object> items, Budget budget) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < items.size(); i++) {
      String text = Printing.text(items.get(i), budget);
      budget.grow(out.length(), (long) text.length() + separator.length());
      out.append(i == 0 ? "" : separator).append(text);
    }
    return out.toString();
  }

  private static long found(String text, String part) {
    int at = text.indexOf(part);
    return at < 0 ? -1 : text.codePointCount(0, at);
  }

  private static long count(String text, String part) {
    if (part.isEmpty()) {
      return Strings.length(text) + 1;
    }
    long count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
      count++;
    }
    return count;
  }

  private static String withoutStart(String text, String prefix) {
    return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
  }

  private static String withoutEnd(String text, String suffix) {
    return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
  }

  private static boolean isAll(String text, IntPredicate test) {
    return !text.isEmpty() && text.codePoints().allMatch(test);
  }

  private static @Nullable Function ofMap(Map<?, ?> map, String name) {
    return switch (name) {
      case "items" -> _ -> entries(map);
      case "keys" -> _ -> new ArrayList<Object>(map.keySet());
      case "values" -> _ -> new ArrayList<@Nullable Object>(map.values());
      case "get" ->
          given -> {
            Object key = given.get(0, "key");
            return key != null && map.containsKey(key)
                ? map.get(key)
                : given.get(1, "default", null);
          };
      default -> null;
    };
  }

  static List<@Nullable Object> entries(Map<?, ?> map) {
    List<@Nullable Object> entries = new ArrayList<>();
    map.forEach(
        (key, value) -> {
          List<@Nullable Object> entry = new ArrayList<>();
          entry.add(key);
          entry.add(value);
          entries.add(entry);
        });
    return entries;
  }

  private static @Nullable Function ofList(List<?> list, String name) {
    return switch (name) {
      case "index" -> given -> index(list, given.get(0, "value"));
      case "count" ->
          given -> list.stream().filter(item -> Values.equal(item, given.get(0, "value"))).count();
      default -> null;
    };
  }

  private static long index(List<?> list, @Nullable Object value) {
    for (int i = 0; i < list.size(); i++) {
      if (Values.equal(list.get(i), value)) {
        return i;
      }
    }
    throw TemplateFault.of("the list does not hold the value");
  }
}
