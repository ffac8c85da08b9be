package dev.slm.engine.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LargePagesTest {
  private static final Path MAPPINGS = Path.of("/proc/self/smaps");
  private static final long LARGE = 2 << 20;
  private static final long BYTES = 16 * LARGE;

  private static final String SMAPS =
      """
      55adc2142000-55adc2156000 r-xp 00003000 fe:00 247741                     /usr/bin/java
      Rss:                  80 kB
      AnonHugePages:         0 kB
      7f2df0000000-7f2df4000000 rw-p 00000000 00:00 0\s
      Size:              65536 kB
      Rss:               65000 kB
      AnonHugePages:      2048 kB
      VmFlags: rd wr mr mw me ac
      7f2df4000000-7f2df8000000 ---p 00000000 00:00 0\s
      Rss:                   0 kB
      AnonHugePages:         0 kB
      7f2df8000000-7f2df8100000 rw-s 00000000 00:01 1027                       /dev/shm/x
      Rss:                1024 kB
      AnonHugePages:         0 kB
      7f2dfc000000-7f2dfc100000 rw-p 00000000 00:00 0                          [heap]
      Rss:                   4 kB
      AnonHugePages:         0 kB
      7ffd1c5d0000-7ffd1c5f1000 rw-p 00000000 00:00 0                          [stack]
      Rss:                  20 kB
      AnonHugePages:         0 kB
      """;

  @Test
  void onlyMemoryThatIsNoFilesAndNoStackIsLookedAt() {
    assertThat(LargePages.mappings(SMAPS.lines().toList()))
        .containsExactly(
            new LargePages.Mapping(0x7f2df0000000L, 0x7f2df4000000L, 65000 << 10, 2048 << 10),
            new LargePages.Mapping(0x7f2dfc000000L, 0x7f2dfc100000L, 4 << 10, 0));
  }

  @Test
  void memoryThatWasJoinedHoldsWhatItHeld() throws IOException {
    assumeThat(Files.exists(MAPPINGS)).as("memory is read from /proc").isTrue();
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = arena.allocate(BYTES, LARGE);
      for (long i = 0; i < BYTES / Long.BYTES; i++) {
        memory.setAtIndex(ValueLayout.JAVA_LONG, i, i * 31);
      }
      long before = onLargePages();

      long joined = LargePages.join(() -> true);

      // a kernel that does not know the call joins nothing and says so
      assertThat(onLargePages() - before).isGreaterThanOrEqualTo(joined / 2);
      assertThat(joined).matches(bytes -> bytes == 0 || bytes >= BYTES - LARGE);
      for (long i = 0; i < BYTES / Long.BYTES; i++) {
        assertThat(memory.getAtIndex(ValueLayout.JAVA_LONG, i)).isEqualTo(i * 31);
      }
    }
  }

  @Test
  void nothingGoesOnWithoutPermission() {
    AtomicInteger asked = new AtomicInteger();
    try (Arena arena = Arena.ofShared()) {
      arena.allocate(BYTES, LARGE).fill((byte) 1);

      long joined = LargePages.join(() -> asked.incrementAndGet() > 1_000_000);

      assertThat(joined).isZero();
    }
  }

  private static long onLargePages() throws IOException {
    List<String> lines = Files.readAllLines(MAPPINGS);
    return LargePages.mappings(lines).stream().mapToLong(LargePages.Mapping::joined).sum();
  }
}
