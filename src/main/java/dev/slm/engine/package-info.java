/** Token ids in, token ids out; owns the native runtime. Knows nothing of text. */
@NullMarked
package dev.slm.engine;

import org.jspecify.annotations.NullMarked;
