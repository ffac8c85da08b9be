/** Words that every package shares. A new type here needs a reason: most belong elsewhere. */
@NullMarked
package dev.slm.base;

import org.jspecify.annotations.NullMarked;
