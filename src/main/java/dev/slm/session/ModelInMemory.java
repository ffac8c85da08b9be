package dev.slm.session;

import java.time.Instant;
import java.util.Optional;

/**
 * A line of what is loaded.
 *
 * @param memoryBytes weights, and what conversations take now
 * @param bytesPerToken what each further token of a conversation takes
 * @param users leases on it now
 * @param expires when it leaves memory if it is not used again
 */
public record ModelInMemory(
    String name,
    String engine,
    long memoryBytes,
    long bytesPerToken,
    int contextLength,
    Instant loaded,
    Instant lastUsed,
    Optional<Instant> expires,
    int users) {}
