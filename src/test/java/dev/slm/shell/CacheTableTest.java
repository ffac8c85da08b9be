package dev.slm.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a person reads of a model's last use. */
class CacheTableTest {
  private static final Instant NOW = Instant.parse("2026-11-21T15:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "PT0.4S, now",
    "PT59S, 59 s ago",
    "PT7M37S, 7 min ago",
    "PT23H59M, 23 h ago",
    "P3DT1H, 3 d ago"
  })
  void lastUseIsToldInOneUnitThatFitsItsColumn(Duration before, String text) {
    assertThat(CacheTable.lastUsed(Optional.of(NOW.minus(before)), NOW)).isEqualTo(text);
  }

  @Test
  void modelsThatNobodyUsedSaySo() {
    assertThat(CacheTable.lastUsed(Optional.empty(), NOW)).isEqualTo("never");
  }
}
