/** Tests that look at the whole product. */
@NullMarked
package dev.slm;

import org.jspecify.annotations.NullMarked;
