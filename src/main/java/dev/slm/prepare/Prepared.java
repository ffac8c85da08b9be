package dev.slm.prepare;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What a quantization made.
 *
 * @param isCached whether it is in the cache and can be run by its name
 * @param peakMemory most memory of this process so far, 0 where the system does not tell
 */
public record Prepared(
    String name,
    Path folder,
    boolean isCached,
    long sourceBytes,
    long resultBytes,
    Duration time,
    long peakMemory,
    QualityReport quality) {}
