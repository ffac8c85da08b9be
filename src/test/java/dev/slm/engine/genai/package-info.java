@NullMarked
package dev.slm.engine.genai;

import org.jspecify.annotations.NullMarked;
