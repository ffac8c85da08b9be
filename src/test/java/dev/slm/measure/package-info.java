@NullMarked
package dev.slm.measure;

import org.jspecify.annotations.NullMarked;
