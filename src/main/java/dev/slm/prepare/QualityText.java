package dev.slm.prepare;

import dev.slm.base.DurableFile;
import dev.slm.base.Problem;
import dev.slm.base.Units;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The texts on which models are compared: those of this program, or the user's own. */
record QualityText(String source, List<String> passages) {
  private static final String SHIPPED = "quality.txt";
  private static final long LARGEST_BYTES = 16L * 1000 * 1000;

  /** Longer passages cost memory and tell nothing new. */
  private static final int MOST_PASSAGE_TOKENS = 256;

  QualityText {
    passages = List.copyOf(passages);
  }

  static QualityText shipped() {
    try (InputStream in = QualityText.class.getResourceAsStream(SHIPPED)) {
      if (in == null) {
        throw new IllegalStateException(SHIPPED + " is missing from the program");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new QualityText("built-in texts", passagesOf(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A text file; blank lines separate its passages. */
  static QualityText read(Path file) {
    try {
      long size = Files.size(file);
      if (size > LARGEST_BYTES) {
        throw Problem.usage("'" + file + "' has " + Units.bytes(size))
            .why("a calibration text has at most " + Units.bytes(LARGEST_BYTES));
      }
      List<String> passages = passagesOf(Files.readString(file));
      if (passages.isEmpty()) {
        throw Problem.badFile("'" + file + "' holds no text");
      }
      return new QualityText(file.getFileName().toString(), passages);
    } catch (CharacterCodingException e) {
      throw Problem.badFile("'" + file + "' is not UTF-8 text").causedBy(e);
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    }
  }

  private static List<String> passagesOf(String text) {
    return Arrays.stream(text.split("\\R\\h*\\R"))
        .map(String::strip)
        .filter(passage -> !passage.isEmpty())
        .toList();
  }

  /** The beginnings of passages that are compared, together at most so many tokens. */
  static List<int[]> limited(List<int[]> passages, int most) {
    List<int[]> all = new ArrayList<>();
    int left = most;
    for (int[] ids : passages) {
      int length = Math.min(Math.min(ids.length, MOST_PASSAGE_TOKENS), left);
      if (length > 1) {
        all.add(Arrays.copyOf(ids, length));
        left -= length;
      }
    }
    return all;
  }
}
