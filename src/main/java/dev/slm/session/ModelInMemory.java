package dev.slm.session;

import java.time.Instant;
import java.util.Optional;

/**
 * A line of what is loaded.
 *
 * @param users leases on it now
 * @param expires when it leaves memory if it is not used again
 */
public record ModelInMemory(
    String name,
    String engine,
    long memoryBytes,
    int contextLength,
    Instant loaded,
    Instant lastUsed,
    Optional<Instant> expires,
    int users) {}
