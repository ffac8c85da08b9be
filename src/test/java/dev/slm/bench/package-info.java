/** Benchmarks: run by hand, never a reason for a build to fail. */
@NullMarked
package dev.slm.bench;

import org.jspecify.annotations.NullMarked;
