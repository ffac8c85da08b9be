@NullMarked
package dev.slm.interop;

import org.jspecify.annotations.NullMarked;
