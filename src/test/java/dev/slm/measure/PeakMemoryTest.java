package dev.slm.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class PeakMemoryTest {
  private static final long MUCH = 200L << 20;

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "only Linux forgets a peak")
  void memoryThatWasGivenBackBeforeDoesNotCount() {
    long before = PeakMemory.bytes();
    use();
    long with = PeakMemory.bytes();

    boolean isFresh = PeakMemory.reset();
    long after = PeakMemory.bytes();

    assertThat(isFresh).isTrue();
    assertThat(with).isGreaterThanOrEqualTo(before).isGreaterThan(after + MUCH / 2);
  }

  private static void use() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(MUCH);
      memory.fill((byte) 1);
    }
  }
}
