/** The nouns: names and facts of models, requests and results, without input or output. */
@NullMarked
package dev.slm.model;

import org.jspecify.annotations.NullMarked;
