/** The program's entry and its wiring; the one place that sees every package. */
@NullMarked
package dev.slm;

import org.jspecify.annotations.NullMarked;
