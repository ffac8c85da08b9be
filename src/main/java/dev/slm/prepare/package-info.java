/** Name and recipe become a runnable cached model. */
@NullMarked
package dev.slm.prepare;

import org.jspecify.annotations.NullMarked;
