/** The protocol of Foundry Local 0.x, so that its clients work unchanged. */
@NullMarked
package dev.slm.serve.foundry;

import org.jspecify.annotations.NullMarked;
