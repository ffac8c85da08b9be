package dev.slm.engine.ort;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Joins the small pages of used memory to large ones, of 2 MB. The weights of a model are read from
 * end to end for each token, and with pages of 4 kB the processor looks up a new one after every
 * sixty-fourth cache line. Linux does it where it is asked to; elsewhere nothing happens.
 */
final class LargePages {
  private static final Path MAPPINGS = Path.of("/proc/self/smaps");
  private static final Path PAGE_SIZE =
      Path.of("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size");

  /** {@code MADV_COLLAPSE}, known since Linux 6.1. */
  private static final int COLLAPSE = 25;

  /** Kernels with larger small pages have large ones of up to 512 MB. */
  private static final long LARGEST = 4 << 20;

  /** A piece takes some milliseconds, during which no other memory can be mapped. */
  private static final int PAGES_AT_ONCE = 4;

  /** Memory that is used less would grow. */
  private static final double LEAST_USED = 0.9;

  private static final Pattern FIRST_LINE = Pattern.compile("[0-9a-f]+-[0-9a-f]+ ");

  /** Of memory that belongs to no file, for reading and writing. */
  private static final Pattern RANGE =
      Pattern.compile("([0-9a-f]+)-([0-9a-f]+) rw-p 0+ 00:00 0\\s*(?:\\[heap])?");

  private LargePages() {}

  /**
   * A mapping of memory that belongs to no file.
   *
   * @param resident bytes of it that are in use
   * @param joined bytes of it on large pages already
   */
  record Mapping(long start, long end, long resident, long joined) {
    private boolean isWorthIt(long page) {
      return resident >= LEAST_USED * (end - start) && joined + page <= resident;
    }
  }

  /** Goes on piece by piece as long as it may; the bytes that are on large pages now. */
  static long join(BooleanSupplier mayGoOn) {
    long joined = 0;
    try {
      long page = pageSize();
      MethodHandle advise = advise();
      if (page == 0 || advise == null) {
        return 0;
      }
      for (Mapping mapping : mappings(Files.readAllLines(MAPPINGS))) {
        if (mapping.isWorthIt(page)) {
          joined += join(mapping, page, advise, mayGoOn);
        }
      }
    } catch (IOException ignored) {
      // a system that does not show its memory: models run as well, only slower
    }
    return joined;
  }

  private static long join(
      Mapping mapping, long page, MethodHandle advise, BooleanSupplier mayGoOn) {
    long joined = 0;
    long end = mapping.end() / page * page;
    long piece = PAGES_AT_ONCE * page;
    for (long at = Math.ceilDiv(mapping.start(), page) * page; at < end; at += piece) {
      long bytes = Math.min(piece, end - at);
      if (!mayGoOn.getAsBoolean()) {
        break;
      }
      joined += isTaken(advise, at, bytes) ? bytes : 0;
    }
    return joined;
  }

  /** Memory that was given back meanwhile is refused, which harms nobody. */
  private static boolean isTaken(MethodHandle advise, long address, long bytes) {
    try {
      return (int) advise.invokeExact(MemorySegment.ofAddress(address), bytes, COLLAPSE) == 0;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** The mappings of memory that a list of the kernel has. */
  static List<Mapping> mappings(List<String> lines) {
    List<Mapping> mappings = new ArrayList<>();
    Matcher range = RANGE.matcher("");
    long resident = 0;
    for (String line : lines) {
      if (FIRST_LINE.matcher(line).lookingAt()) {
        range = RANGE.matcher(line);
      } else if (line.startsWith("Rss:")) {
        resident = bytes(line);
      } else if (line.startsWith("AnonHugePages:") && range.matches()) {
        mappings.add(
            new Mapping(address(range.group(1)), address(range.group(2)), resident, bytes(line)));
      }
    }
    return mappings;
  }

  private static long address(String digits) {
    return Long.parseUnsignedLong(digits, 16);
  }

  private static long bytes(String line) {
    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
  }

  private static long pageSize() throws IOException {
    if (!Files.exists(PAGE_SIZE)) {
      return 0;
    }
    long size = Long.parseLong(Files.readString(PAGE_SIZE).strip());
    return size <= LARGEST ? size : 0;
  }

  /** The function of the C library; none where it has another. */
  @SuppressWarnings("restricted") // advice changes where memory lies, never what is in it
  private static @Nullable MethodHandle advise() {
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find("madvise")
        .map(
            function ->
                linker.downcallHandle(
                    function, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT)))
        .orElse(null);
  }
}
