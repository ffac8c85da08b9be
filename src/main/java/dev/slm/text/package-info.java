/** Text to token ids and back; chat templates. Touches no engine. */
@NullMarked
package dev.slm.text;

import org.jspecify.annotations.NullMarked;
