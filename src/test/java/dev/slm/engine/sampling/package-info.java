@NullMarked
package dev.slm.engine.sampling;

import org.jspecify.annotations.NullMarked;
