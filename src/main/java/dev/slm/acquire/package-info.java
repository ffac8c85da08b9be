/** Brings a model's files here: from the hub or from a folder, resumable and verified. */
@NullMarked
package dev.slm.acquire;

import org.jspecify.annotations.NullMarked;
