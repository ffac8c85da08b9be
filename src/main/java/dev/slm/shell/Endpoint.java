package dev.slm.shell;

import java.net.URI;

/**
 * A remote place that speaks the OpenAI protocol.
 *
 * @param url the base, such as {@code http://host:8000/v1}
 * @param keyVariable the environment variable that holds the key, empty when none is needed
 */
public record Endpoint(String name, URI url, String keyVariable) {}
