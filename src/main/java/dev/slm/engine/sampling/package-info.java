/** Chooses tokens from logits, in plain Java, for every engine that hands out logits. */
@NullMarked
package dev.slm.engine.sampling;

import org.jspecify.annotations.NullMarked;
