@NullMarked
package dev.slm.convert;

import org.jspecify.annotations.NullMarked;
