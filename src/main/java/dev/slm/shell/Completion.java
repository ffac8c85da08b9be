package dev.slm.shell;

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
}
