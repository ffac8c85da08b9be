package dev.slm.acquire;

import dev.slm.base.Problem;
import java.nio.charset.StandardCharsets;

/** The small text that git keeps in a large file's place, which people then take for the file. */
final class LfsPointer {
  /** The form's own limit for a pointer is 1024 bytes. */
  static final int MOST = 1024;

  private static final byte[] BEGINNING =
      "version https://git-lfs.github.com/spec/v1".getBytes(StandardCharsets.US_ASCII);

  private LfsPointer() {}

  static boolean is(byte[] beginning) {
    if (beginning.length < BEGINNING.length) {
      return false;
    }
    for (int i = 0; i < BEGINNING.length; i++) {
      if (beginning[i] != BEGINNING[i]) {
        return false;
      }
    }
    return true;
  }

  static Problem problem(String where) {
    return Problem.badFile(where + " is a Git LFS pointer, not the file itself")
        .why("the large files were not copied with the repository");
  }
}
