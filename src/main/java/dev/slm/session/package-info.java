/** Models in memory and conversations with them; shared by the shell and the service. */
@NullMarked
package dev.slm.session;

import org.jspecify.annotations.NullMarked;
