package dev.slm.shell;

import org.jline.reader.Candidate;

/**
 * One thing that the Tab key offers.
 *
 * @param text what it would put on the line, unquoted
 * @param says a few words beside it, may be empty
 * @param isWhole followed by a blank, unlike a folder that goes on
 */
record Completion(String text, String says, boolean isWhole) {
  static Completion of(String text) {
    return new Completion(text, "", true);
  }

  /** As the line editor wants it; it keeps the order of the ranks. */
  Candidate candidate(int rank) {
    return new Candidate(text, text, null, says.isEmpty() ? null : says, null, null, isWhole, rank);
  }
}
