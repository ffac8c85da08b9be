package dev.slm.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Problem;
import dev.slm.profile.Family;
import dev.slm.testing.AtOnce;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand damaged configurations: each is read, or refused by name, at once. */
class ConfigMutationTest {
  private static final int FILES = 10_000;
  private static final long SEED = 20_261_122;
  private static final String[] WORDS = {
    "-1", "0", "1e400", "2147483648", "1e18", "null", "\"4096\"", "4096.5", "[]", "{}", "true",
    "\"x\"", "[[1]]", "\"../x\"", "\"\\u001b]0;x\\u0007\"", ",", ":", "[", "]", "{", "}", "NaN"
  };

  @TempDir private Path folder;

  @Test
  void noDamageEndsInAnythingButAProblem() throws IOException {
    String good = Files.readString(DemoModelTest.CHECKPOINT.resolve("config.json"));
    List<Family> families = FamilyFiles.all();
    Path file = folder.resolve("config.json");
    Set<Integer> refused = new HashSet<>();
    Set<Integer> named = new HashSet<>();
    for (int i = 0; i < FILES; i++) {
      int number = i;
      String seed = "seed " + (SEED + i);
      // rewriting a file in place makes the file system wait for the disk
      Files.deleteIfExists(file);
      Files.writeString(file, damage(good, new Random(SEED + i)));
      AtOnce.run(
          seed,
          () -> {
            try {
              Converter.architecture(folder, Converter.familyOf(folder, families));
            } catch (Problem problem) {
              refused.add(number);
              if (namesField(String.valueOf(problem.getMessage()), seed)) {
                named.add(number);
              }
            }
          });
    }

    assertThat(refused).hasSizeGreaterThan(FILES / 2);
    assertThat(named).isEqualTo(refused);
  }

  private static boolean namesField(String message, String seed) {
    assertThat(message.chars().filter(c -> c == 0x1b || c == 0x07).count()).as(seed).isZero();
    assertThat(message).as(seed).containsAnyOf("config.json", "model_type");
    // text that is no JSON has no fields: place or reason stand for them
    return message.matches("(?s).*(\\w+_\\w+|[a-z]+: |not valid JSON|line \\d+).*");
  }

  private static String damage(String good, Random random) {
    String text = good;
    for (int i = 0; i <= random.nextInt(3); i++) {
      int at = random.nextInt(text.length());
      int end = Math.min(text.length(), at + random.nextInt(8));
      text = text.substring(0, at) + WORDS[random.nextInt(WORDS.length)] + text.substring(end);
    }
    return text;
  }
}
