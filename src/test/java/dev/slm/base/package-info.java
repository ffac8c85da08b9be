@NullMarked
package dev.slm.base;

import org.jspecify.annotations.NullMarked;
