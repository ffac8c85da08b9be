@NullMarked
package dev.slm.serve;

import org.jspecify.annotations.NullMarked;
