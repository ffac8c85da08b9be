/** Speed, memory and quality of models; comparisons and reports. */
@NullMarked
package dev.slm.measure;

import org.jspecify.annotations.NullMarked;
