/** OpenAI's protocol: every option of a request works or is refused by name. */
@NullMarked
package dev.slm.serve.openai;

import org.jspecify.annotations.NullMarked;
