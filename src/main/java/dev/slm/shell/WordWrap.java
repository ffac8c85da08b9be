package dev.slm.shell;

/**
 * Breaks streamed text between words where it would leave the screen. A word is held until it ends;
 * lines may break before and behind every wide character, but not within one that is joined from
 * several, as emoji are.
 */
final class WordWrap {
  private static final char JOINER = '\u200d';
  private static final int FIRST_SKIN_TONE = 0x1F3FB;
  private static final int LAST_SKIN_TONE = 0x1F3FF;

  private int width;
  private final StringBuilder word = new StringBuilder();
  private boolean isWide;
  private int column;
  private int blanks;

  /**
   * @param width columns of the screen
   */
  WordWrap(int width) {
    resize(width);
  }

  /** The screen has another width from now on. */
  void resize(int columns) {
    // the last column stays free: some terminals break a line that fills it
    width = Math.max(columns - 1, 1);
  }

  /**
   * A whole text, broken where it would leave the screen.
   *
   * @param column where its first line begins
   */
  static String fold(String text, int column, int width) {
    if (Text.width(text) < width - column && text.indexOf('\n') < 0) {
      return text;
    }
    WordWrap wrap = new WordWrap(width);
    wrap.column = column;
    return wrap.next(text) + wrap.end();
  }

  /** What of the text can be shown now. */
  String next(String piece) {
    StringBuilder out = new StringBuilder(piece.length() + 8);
    piece.codePoints().forEach(point -> take(point, out));
    return out.toString();
  }

  /** The last word. */
  String end() {
    StringBuilder out = new StringBuilder();
    endWord(out);
    return out.toString();
  }

  private void take(int point, StringBuilder out) {
    if (point == '\n') {
      endWord(out);
      out.append('\n');
      column = 0;
      blanks = 0;
    } else if (point == ' ' || point == '\t') {
      endWord(out);
      blanks += point == '\t' ? 4 : 1;
    } else {
      takeLetter(point, out);
    }
  }

  private void takeLetter(int point, StringBuilder out) {
    int columns = Text.width(Character.toString(point));
    if (!joins(point, columns)) {
      if (columns == 2 || isWide) {
        endWord(out);
      }
      isWide = columns == 2;
    }
    word.appendCodePoint(point);
    if (Text.width(word.toString()) >= width) {
      endWord(out);
    }
  }

  /** Whether a letter belongs to the one before it. */
  private boolean joins(int point, int columns) {
    boolean isModifier = point >= FIRST_SKIN_TONE && point <= LAST_SKIN_TONE;
    return !word.isEmpty()
        && (columns == 0 || isModifier || word.charAt(word.length() - 1) == JOINER);
  }

  private void endWord(StringBuilder out) {
    if (word.isEmpty()) {
      return;
    }
    int columns = Text.width(word.toString());
    if (column > 0 && column + blanks + columns > width) {
      out.append('\n');
      column = 0;
    } else {
      out.repeat(" ", blanks);
      column += blanks;
    }
    blanks = 0;
    out.append(word);
    column += columns;
    word.setLength(0);
    isWide = false;
  }
}
