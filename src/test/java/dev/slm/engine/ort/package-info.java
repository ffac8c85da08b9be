@NullMarked
package dev.slm.engine.ort;

import org.jspecify.annotations.NullMarked;
