/** Tests of the cache. */
@NullMarked
package dev.slm.cache;

import org.jspecify.annotations.NullMarked;
