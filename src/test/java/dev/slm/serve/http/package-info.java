@NullMarked
package dev.slm.serve.http;

import org.jspecify.annotations.NullMarked;
