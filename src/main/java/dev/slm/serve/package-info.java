/** The service: OpenAI and Foundry Local protocols over HTTP, health and metrics. */
@NullMarked
package dev.slm.serve;

import org.jspecify.annotations.NullMarked;
