/** A file system that fails or dies at the operation a test chooses. */
@NullMarked
package dev.slm.fault;

import org.jspecify.annotations.NullMarked;
