@NullMarked
package dev.slm.acquire;

import org.jspecify.annotations.NullMarked;
