/** Bytes of model files as typed views, and graphs built with checks on every node. */
@NullMarked
package dev.slm.format;

import org.jspecify.annotations.NullMarked;
