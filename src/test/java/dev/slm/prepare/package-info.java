@NullMarked
package dev.slm.prepare;

import org.jspecify.annotations.NullMarked;
