@NullMarked
package dev.slm.serve.openai;

import org.jspecify.annotations.NullMarked;
