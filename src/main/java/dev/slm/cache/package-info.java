/**
 * Models on disk: list, find, add atomically, check, move, pack and remove.
 *
 * <p>What always holds, whatever fails or dies: no file under a final name differs from its
 * manifest; a model is listed only when it is complete; leftovers lie in the temporary area and
 * nowhere else; a finished model is never changed or lost by an operation that failed; and the next
 * identical command succeeds without repair.
 */
@NullMarked
package dev.slm.cache;

import org.jspecify.annotations.NullMarked;
