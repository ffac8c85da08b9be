@NullMarked
package dev.slm.engine.check;

import org.jspecify.annotations.NullMarked;
