@NullMarked
package dev.slm.serve.foundry;

import org.jspecify.annotations.NullMarked;
