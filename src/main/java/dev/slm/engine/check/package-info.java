/** Judges model folders in plain Java before native code sees them. */
@NullMarked
package dev.slm.engine.check;

import org.jspecify.annotations.NullMarked;
