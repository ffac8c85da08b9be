package dev.slm.engine;

import dev.slm.model.FinishReason;
import dev.slm.model.Timings;

/** How an answer ended and what it cost. */
public record Generation(FinishReason reason, Timings timings) {}
