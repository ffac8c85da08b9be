@NullMarked
package dev.slm.testing;

import org.jspecify.annotations.NullMarked;
