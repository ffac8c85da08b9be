package dev.slm.shell;

import dev.slm.base.DurableFile;
import dev.slm.base.Problem;
import dev.slm.base.Units;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The commands of a script, one after the other: without blank and comment lines, with lines that
 * go on joined. Lines that a command reads for itself are taken from the same place.
 */
final class ScriptLines implements Input {
  /** One command with the line it begins on. */
  record Statement(int line, String text) {}

  /** More cannot be meant: an open quote has swallowed the rest of the file. */
  private static final int MOST_JOINED = 1000;

  private static final long LARGEST_FILE = 64 << 20;

  private final String name;
  private final BufferedReader reader;
  private int line;
  private @Nullable Statement peeked;
  private @Nullable Problem deferred;

  ScriptLines(String name, BufferedReader reader) {
    this.name = name;
    this.reader = reader;
  }

  /** The file, or the script of that name which comes with the program. */
  static ScriptLines find(String typed, Path file) {
    if (Files.exists(file) || !typed.matches("[a-z][a-z0-9-]{0,40}")) {
      return open(file);
    }
    String name = typed + ".slm";
    try (InputStream in = ScriptLines.class.getResourceAsStream("/scripts/" + name)) {
      if (in == null) {
        return open(file);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new ScriptLines(name, new BufferedReader(new StringReader(text)));
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    }
  }

  /** Opens a file, which must be UTF-8, with a byte order mark or without. */
  static ScriptLines open(Path file) {
    String name = String.valueOf(file.getFileName());
    try {
      if (Files.isDirectory(file)) {
        throw Problem.badFile("'" + file + "' is a folder, not a script");
      }
      if (Files.size(file) > LARGEST_FILE) {
        throw Problem.badFile(
            "'" + file + "' is larger than " + Units.bytes(LARGEST_FILE) + ", not a script");
      }
      String text = decode(file, Files.readAllBytes(file));
      return new ScriptLines(name, new BufferedReader(new StringReader(text)));
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    }
  }

  /** {@code demo.slm:17}. */
  String place(int number) {
    return name + ":" + number;
  }

  String name() {
    return name;
  }

  /** The next command; empty at the end. */
  Optional<Statement> next() {
    Problem unread = deferred;
    deferred = null;
    if (unread != null) {
      throw unread;
    }
    Statement waiting = peeked;
    peeked = null;
    if (waiting != null) {
      return Optional.of(waiting);
    }
    String text = read();
    while (text != null && isIgnored(text)) {
      text = read();
    }
    return text == null ? Optional.empty() : Optional.of(joined(text));
  }

  /** The command that {@link #next} will give; what is wrong with it is told there. */
  Optional<Statement> peek() {
    try {
      Optional<Statement> ahead = next();
      peeked = ahead.orElse(null);
      return ahead;
    } catch (Problem problem) {
      deferred = problem;
      return Optional.empty();
    }
  }

  @Override
  public Optional<String> line(String prompt) {
    return Optional.ofNullable(read());
  }

  @Override
  public boolean isInteractive() {
    return false;
  }

  private Statement joined(String first) {
    int start = line;
    StringBuilder text = new StringBuilder(first);
    Words.Open open = Words.split(first).open();
    while (open != Words.Open.NOTHING) {
      String more = line - start < MOST_JOINED ? read() : null;
      if (more == null) {
        throw Problem.usage(place(start) + ": " + describe(open));
      }
      if (open == Words.Open.NEXT_LINE) {
        text.setLength(text.length() - 1);
      } else {
        text.append('\n');
      }
      text.append(more);
      open = Words.split(text.toString()).open();
    }
    return new Statement(start, text.toString().strip());
  }

  private static String describe(Words.Open open) {
    return switch (open) {
      case SINGLE_QUOTE -> "a ' is not closed";
      case DOUBLE_QUOTE -> "a \" is not closed";
      case NEXT_LINE, NOTHING -> "the line ends with a backslash and nothing follows";
    };
  }

  private @Nullable String read() {
    try {
      String text = reader.readLine();
      line += text == null ? 0 : 1;
      return text;
    } catch (IOException e) {
      throw Problem.failed("cannot read '" + name + "'").why(DurableFile.reason(e)).causedBy(e);
    }
  }

  private static boolean isIgnored(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isWhitespace(c)) {
        return c == '#';
      }
    }
    return true;
  }

  private static String decode(Path file, byte[] bytes) {
    refuseUtf16(file, bytes);
    boolean hasMark =
        bytes.length >= 3
            && bytes[0] == (byte) 0xEF
            && bytes[1] == (byte) 0xBB
            && bytes[2] == (byte) 0xBF;
    ByteBuffer text = ByteBuffer.wrap(bytes, hasMark ? 3 : 0, bytes.length - (hasMark ? 3 : 0));
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(text)
          .toString();
    } catch (CharacterCodingException e) {
      throw Problem.badFile("'" + file + "' is not UTF-8 text").causedBy(e);
    }
  }

  private static void refuseUtf16(Path file, byte[] bytes) {
    boolean hasMark =
        bytes.length >= 2 && (bytes[0] & 0xFF) + (bytes[1] & 0xFF) == 0xFF + 0xFE && bytes[0] < 0;
    boolean hasZero = bytes.length >= 2 && (bytes[0] == 0 || bytes[1] == 0);
    if (hasMark || hasZero) {
      throw Problem.badFile("'" + file + "' is UTF-16 text")
          .why("scripts are UTF-8; save it as UTF-8");
    }
  }
}
