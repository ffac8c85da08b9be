/** What every protocol does with models: finding them, waiting for a slot, counting. */
@NullMarked
package dev.slm.serve.work;

import org.jspecify.annotations.NullMarked;
