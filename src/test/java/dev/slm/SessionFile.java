package dev.slm;

import dev.slm.shell.Console;
import dev.slm.shell.Input;
import dev.slm.shell.Screen;
import dev.slm.shell.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A transcript that is a test. Lines beginning with {@code >} are typed; what follows must be
 * printed: {@code !} marks standard error, {@code status N} an exit status that is not 0. {@code +
 * FILE} with {@code |} lines behind it writes a file below the home folder, {@code #} is a comment.
 *
 * <p>{@code {home}} stands for the fresh home folder everywhere. In expected lines {@code {ms}},
 * {@code {size}}, {@code {rate}}, {@code {number}}, {@code {path}} and {@code {text}} stand for
 * what varies, and a line {@code {lines}} for any number of lines.
 */
final class SessionFile {
  private static final Map<String, String> MASKS =
      Map.of(
          "{ms}", "\\d+(?:\\.\\d+)? (?:ms|s|min|h)(?: \\d+ (?:s|min))?",
          "{size}", "\\d+(?:\\.\\d+)? [kMGT]?B",
          "{rate}", "\\d+(?:\\.\\d+)? \\S+/s",
          "{number}", "\\d+(?:\\.\\d+)?",
          "{path}", "\\S.*",
          "{text}", ".*");
  private static final Pattern MASK = Pattern.compile("\\{[a-z]+}");

  /** One typed line, or a file to write, with the comments above it and the lines below it. */
  private record Part(List<String> before, String typed, List<String> expected) {
    boolean isFile() {
      return typed.startsWith("+ ");
    }
  }

  private final List<Part> parts = new ArrayList<>();

  private SessionFile() {}

  static SessionFile parse(List<String> lines) {
    SessionFile file = new SessionFile();
    List<String> comments = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith("#")) {
        comments.add(line);
      } else if (line.startsWith("> ") || line.startsWith("+ ") || line.equals(">")) {
        file.parts.add(new Part(List.copyOf(comments), line, new ArrayList<>()));
        comments.clear();
      } else if (!file.parts.isEmpty()) {
        file.parts.getLast().expected().addAll(comments);
        comments.clear();
        file.parts.getLast().expected().add(line);
      } else if (line.isBlank()) {
        comments.add(line);
      } else {
        throw new IllegalArgumentException("a session begins with a typed line, not: " + line);
      }
    }
    return file;
  }

  /** Types everything in a fresh home and gives the same file with what was really printed. */
  SessionFile replay(Path home) {
    Typist typist = new Typist(home);
    Console console = new Console(Screen.plain(typist.writer(""), typist.writer("! ")), typist);
    Map<String, String> environment = Map.of("SLM_HOME", home.toString());
    try (App app = App.open(environment, home, "Linux")) {
      Shell shell = app.shell(console);
      Optional<String> line = typist.next();
      while (line.isPresent()) {
        int status = shell.run(line.get());
        typist.endLine();
        if (status != 0) {
          typist.print("status " + status);
        }
        line = typist.next();
      }
    }
    return typist.played();
  }

  /** The first difference, empty when everything is as expected. */
  static Optional<String> difference(SessionFile expected, SessionFile actual) {
    for (int i = 0; i < expected.parts.size(); i++) {
      Part wanted = expected.parts.get(i);
      Part found = actual.parts.get(i);
      if (!matches(trimmed(wanted.expected()), trimmed(found.expected()))) {
        return Optional.of(
            "%s%nexpected:%n%s%n%nfound:%n%s"
                .formatted(
                    wanted.typed(),
                    String.join("\n", trimmed(wanted.expected())),
                    String.join("\n", trimmed(found.expected()))));
      }
    }
    return Optional.empty();
  }

  /** This file with new expectations where the old ones, masks included, no longer hold. */
  List<String> updated(SessionFile actual) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      List<String> found = actual.parts.get(i).expected();
      lines.addAll(part.before());
      lines.add(part.typed());
      lines.addAll(
          part.isFile() || matches(trimmed(part.expected()), trimmed(found))
              ? part.expected()
              : trimmed(found));
    }
    return lines;
  }

  private static boolean matches(List<String> wanted, List<String> found) {
    if (wanted.isEmpty() || found.isEmpty()) {
      return wanted.equals(found) || wanted.equals(List.of("{lines}"));
    }
    List<String> wantedRest = wanted.subList(1, wanted.size());
    if (wanted.getFirst().endsWith("{lines}")) {
      return matches(wantedRest, found) || matches(wanted, found.subList(1, found.size()));
    }
    return pattern(wanted.getFirst()).matcher(found.getFirst()).matches()
        && matches(wantedRest, found.subList(1, found.size()));
  }

  private static Pattern pattern(String line) {
    StringBuilder regex = new StringBuilder();
    Matcher masks = MASK.matcher(line);
    int end = 0;
    while (masks.find()) {
      regex.append(Pattern.quote(line.substring(end, masks.start())));
      regex.append(MASKS.getOrDefault(masks.group(), Pattern.quote(masks.group())));
      end = masks.end();
    }
    return Pattern.compile(regex.append(Pattern.quote(line.substring(end))).toString());
  }

  private static List<String> trimmed(List<String> lines) {
    int end = lines.size();
    while (end > 0 && lines.get(end - 1).isBlank()) {
      end--;
    }
    return lines.subList(0, end);
  }

  /** Types the lines, one after the other, also those that commands ask for. */
  private final class Typist implements Input {
    private final Path home;
    private final Deque<Part> left = new ArrayDeque<>(parts);
    private final SessionFile played = new SessionFile();
    private final StringBuilder open = new StringBuilder();
    private String openMark = "";

    Typist(Path home) {
      this.home = home;
    }

    SessionFile played() {
      return played;
    }

    Optional<String> next() {
      while (!left.isEmpty() && left.getFirst().isFile()) {
        write(left.getFirst());
        played.parts.add(left.removeFirst());
      }
      if (left.isEmpty()) {
        return Optional.empty();
      }
      Part part = left.removeFirst();
      played.parts.add(new Part(part.before(), part.typed(), new ArrayList<>()));
      return Optional.of(part.typed().substring(1).strip().replace("{home}", home.toString()));
    }

    @Override
    public Optional<String> line(String prompt) {
      if (!prompt.isBlank()) {
        printed("! ", prompt);
      }
      endLine();
      return next();
    }

    @Override
    public boolean isInteractive() {
      return true;
    }

    void endLine() {
      if (!open.isEmpty()) {
        print(openMark + open);
        open.setLength(0);
      }
    }

    void print(String line) {
      played
          .parts
          .getLast()
          .expected()
          .add(line.replace(home.toString(), "{home}").stripTrailing());
    }

    Writer writer(String mark) {
      return new Writer() {
        @Override
        public void write(char[] chars, int offset, int count) {
          printed(mark, new String(chars, offset, count));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
    }

    private void printed(String mark, String text) {
      if (!mark.equals(openMark)) {
        endLine();
        openMark = mark;
      }
      open.append(text);
      int end = open.indexOf("\n");
      while (end >= 0) {
        print(mark + open.substring(0, end));
        open.delete(0, end + 1);
        end = open.indexOf("\n");
      }
    }

    private void write(Part file) {
      List<String> lines =
          file.expected().stream()
              .filter(line -> line.startsWith("|"))
              .map(line -> line.substring(Math.min(2, line.length())))
              .map(line -> line.replace("{home}", home.toString()))
              .toList();
      Path target = home.resolve(file.typed().substring(2).strip());
      try {
        Files.createDirectories(target.getParent());
        Files.write(target, lines);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%d typed lines", parts.size());
  }
}
