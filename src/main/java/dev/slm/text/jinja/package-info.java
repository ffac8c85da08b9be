/**
 * The part of the Jinja language that chat templates use, over plain values and within limits of
 * steps, output, depth and time.
 */
@NullMarked
package dev.slm.text.jinja;

import org.jspecify.annotations.NullMarked;
