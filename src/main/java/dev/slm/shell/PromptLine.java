package dev.slm.shell;

import java.util.List;
import java.util.stream.Stream;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;

/** Lets the line editor see a line as {@link Words} does. */
final class PromptLine implements Parser {
  @Override
  public ParsedLine parse(String line, int cursor, ParseContext context) {
    Words all = Words.split(line);
    if (context == ParseContext.ACCEPT_LINE && all.open() != Words.Open.NOTHING) {
      throw new EOFError(-1, line.length(), "the line goes on", missing(all.open()));
    }
    Words before = Words.split(line.substring(0, cursor));
    List<Words.Word> words = before.words();
    boolean isNew =
        words.isEmpty() || (words.getLast().end() < cursor && before.open() == Words.Open.NOTHING);
    Words.Word word = isNew ? new Words.Word("", cursor, cursor, false) : words.getLast();
    return new Line(line, cursor, before, word, isNew, endOfWord(line, word, cursor));
  }

  private static int endOfWord(String line, Words.Word word, int cursor) {
    return Words.split(line).words().stream()
        .filter(whole -> whole.start() == word.start())
        .mapToInt(Words.Word::end)
        .findFirst()
        .orElse(cursor);
  }

  private static String missing(Words.Open open) {
    return switch (open) {
      case SINGLE_QUOTE -> "'";
      case DOUBLE_QUOTE -> "\"";
      case NEXT_LINE, NOTHING -> "";
    };
  }

  private record Line(
      String line, int cursor, Words before, Words.Word typed, boolean isNew, int end)
      implements CompletingParsedLine {

    @Override
    public String word() {
      return typed.text();
    }

    @Override
    public int wordCursor() {
      return typed.text().length();
    }

    @Override
    public int wordIndex() {
      return words().size() - 1;
    }

    @Override
    public List<String> words() {
      List<String> texts = before.texts();
      return isNew ? Stream.concat(texts.stream(), Stream.of("")).toList() : texts;
    }

    @Override
    public CharSequence escape(CharSequence candidate, boolean complete) {
      String quoted = Words.quote(candidate.toString());
      boolean isOpenEnded = !complete && quoted.length() > candidate.length();
      return isOpenEnded ? quoted.substring(0, quoted.length() - 1) : quoted;
    }

    @Override
    public int rawWordCursor() {
      return cursor - typed.start();
    }

    @Override
    public int rawWordLength() {
      return Math.max(end, cursor) - typed.start();
    }
  }
}
