package dev.slm.shell;

import dev.slm.base.Problem;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/**
 * Standard output, which remembers that something could not be written: a print writer goes on
 * without a word, and a script would take half a listing for a whole one.
 */
final class ResultStream extends FilterOutputStream {
  private Optional<IOException> failure = Optional.empty();

  ResultStream() {
    super(new FileOutputStream(FileDescriptor.out));
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      failure = failure.or(() -> Optional.of(e));
      throw e;
    }
  }

  /** The status of a run that would have had {@code status}; tells why it is another one. */
  int check(int status, Screen screen) {
    // a reader that has seen enough, such as `head`, is no failure
    Optional<String> reason =
        failure
            .map(e -> String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT))
            .filter(why -> !why.contains("pipe"));
    if (status != 0 || reason.isEmpty()) {
      return status;
    }
    Problem problem =
        Problem.of(Problem.Status.CANNOT_WRITE, "cannot write the results").why(reason.get());
    screen.problem(problem);
    return problem.status().code();
  }
}
