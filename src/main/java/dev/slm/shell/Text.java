package dev.slm.shell;

import dev.slm.base.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jline.utils.WCWidth;

/** Text with styles, made safe to show when it is made; the only way to colour what is printed. */
public record Text(List<Span> spans) {

  /** A run of one style. */
  record Span(String text, Style style) {}

  /** What a part of a text is, rather than what it looks like. */
  public enum Style {
    PLAIN(""),
    BOLD("1"),
    DIM("2"),
    GOOD("32"),
    WARNING("33"),
    BAD("31"),
    NAME("36");

    private final String code;

    Style(String code) {
      this.code = code;
    }
  }

  public static final Text NONE = new Text(List.of());

  public Text {
    spans = List.copyOf(spans);
  }

  public static Text of(String text) {
    return of(text, Style.PLAIN);
  }

  public static Text bold(String text) {
    return of(text, Style.BOLD);
  }

  public static Text dim(String text) {
    return of(text, Style.DIM);
  }

  public static Text of(String text, Style style) {
    return new Text(List.of(new Span(SafeText.of(text), style)));
  }

  /** This text followed by another. */
  public Text and(Text other) {
    List<Span> both = new ArrayList<>(spans);
    both.addAll(other.spans);
    return new Text(both);
  }

  public Text and(String other) {
    return and(of(other));
  }

  public String plain() {
    return spans.stream().map(Span::text).collect(Collectors.joining());
  }

  /** Columns that it takes on a terminal. */
  public int width() {
    return width(plain());
  }

  /** Columns that a text takes on a terminal: two for wide letters, none for combining ones. */
  public static int width(String text) {
    return text.codePoints().map(point -> Math.max(0, WCWidth.wcwidth(point))).sum();
  }

  /** At most so many columns, with an ellipsis where something is cut off. */
  Text fit(int columns) {
    if (width() <= columns) {
      return this;
    }
    List<Span> cut = new ArrayList<>();
    int left = columns - 1;
    for (Span span : spans) {
      String head = head(span.text(), left);
      left -= width(head);
      cut.add(new Span(head, span.style()));
      if (head.length() < span.text().length()) {
        break;
      }
    }
    Style style = cut.isEmpty() ? Style.PLAIN : cut.getLast().style();
    cut.add(new Span("…", style));
    return new Text(cut);
  }

  /** Lines of at most so many columns, broken at blanks where there are any. */
  static List<String> wrap(String text, int columns) {
    List<String> lines = new ArrayList<>();
    String line = "";
    for (String word : text.split(" ", -1)) {
      String longer = line.isEmpty() ? word : line + " " + word;
      if (!line.isEmpty() && width(longer) > columns) {
        lines.add(line);
        longer = word;
      }
      // a path has no blanks and must be readable all the same
      while (columns > 1 && width(longer) > columns) {
        String head = head(longer, columns);
        lines.add(head);
        longer = longer.substring(head.length());
      }
      line = longer;
    }
    lines.add(line);
    return lines;
  }

  String rendered(boolean isColoured) {
    if (!isColoured) {
      return plain();
    }
    StringBuilder out = new StringBuilder();
    for (Span span : spans) {
      if (span.style() == Style.PLAIN || span.text().isEmpty()) {
        out.append(span.text());
      } else {
        out.append("\u001b[").append(span.style().code).append('m');
        out.append(span.text()).append("\u001b[0m");
      }
    }
    return out.toString();
  }

  private static String head(String text, int columns) {
    int end = 0;
    int used = 0;
    while (end < text.length()) {
      int point = text.codePointAt(end);
      used += Math.max(0, WCWidth.wcwidth(point));
      if (used > columns) {
        break;
      }
      end += Character.charCount(point);
    }
    return text.substring(0, end);
  }
}
