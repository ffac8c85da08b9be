package dev.slm.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
  @ParameterizedTest
  @CsvSource({
    "0,0 B",
    "999,999 B",
    "1000,1 kB",
    "7_149,7.1 kB",
    "99_949,99.9 kB",
    "99_950,100 kB",
    "999_499,999 kB",
    "999_500,1 MB",
    "14_000_000_000,14 GB",
    "-2_500,-2.5 kB"
  })
  void bytesAreReadInOneGlance(String bytes, String shown) {
    assertThat(Units.bytes(Long.parseLong(bytes.replace("_", "")))).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({
    "0,0 ms",
    "999,999 ms",
    "1000,1.0 s",
    "9_949,9.9 s",
    "9_950,10.0 s",
    "10_400,10 s",
    "59_999,60 s",
    "200_000,3 min 20 s",
    "7_500_000,2 h 5 min"
  })
  void timesAreReadInOneGlance(String millis, String shown) {
    Duration time = Duration.ofMillis(Long.parseLong(millis.replace("_", "")));

    assertThat(Units.time(time)).isEqualTo(shown);
  }

  @Test
  void numbersAreThoseOfTheFormatsOfTheJdk() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      long whole = random.nextLong() >> random.nextInt(64);
      double real = random.nextGaussian() * Math.pow(10, random.nextInt(8));
      assertThat(Units.grouped(whole)).isEqualTo(String.format(Locale.ROOT, "%,d", whole));
      assertThat(Units.fixed(real, 1))
          .isEqualTo(unsigned(String.format(Locale.ROOT, "%.1f", real)));
    }
  }

  /** The JDK writes small negative numbers as minus nothing. */
  private static String unsigned(String number) {
    return number.matches("-[0.]+") ? number.substring(1) : number;
  }
}
