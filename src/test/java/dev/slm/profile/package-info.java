/** Tests of what {@code profiles/} says and of how it is read. */
@NullMarked
package dev.slm.profile;

import org.jspecify.annotations.NullMarked;
