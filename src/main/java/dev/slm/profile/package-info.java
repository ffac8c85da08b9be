/** What {@code profiles/} knows of families, models, recipes and environments. */
@NullMarked
package dev.slm.profile;

import org.jspecify.annotations.NullMarked;
