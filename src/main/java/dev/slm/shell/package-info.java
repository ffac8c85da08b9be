/** Commands, completion, scripts and everything that is printed. */
@NullMarked
package dev.slm.shell;

import org.jspecify.annotations.NullMarked;
