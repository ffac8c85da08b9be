@NullMarked
package dev.slm.shell;

import org.jspecify.annotations.NullMarked;
