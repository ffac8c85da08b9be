@NullMarked
package dev.slm.engine;

import org.jspecify.annotations.NullMarked;
