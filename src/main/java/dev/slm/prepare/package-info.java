/** Name and recipe to a runnable cached model: plans it, makes it, and measures what it cost. */
@NullMarked
package dev.slm.prepare;

import org.jspecify.annotations.NullMarked;
