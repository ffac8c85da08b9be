@NullMarked
package dev.slm.format;

import org.jspecify.annotations.NullMarked;
