package dev.slm.serve;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code service status} says, without any library: clients start this program in a loop until
 * it names a URL, so it has to answer before anything is loaded.
 *
 * @param exitStatus 0 when the service runs
 */
public record StatusAnswer(String text, int exitStatus) {
  private static final Set<String> GROUPS = Set.of("service", "server");

  /**
   * Answers when these words ask for the status and nothing else.
   *
   * @param isFoundry whether the program was started as Foundry Local's: its clients take the line
   *     apart, and take an exit status other than 0 for a failure of the program
   */
  public static Optional<StatusAnswer> to(List<String> words, boolean isFoundry, Path stateFolder) {
    boolean asked =
        words.size() == 2 && GROUPS.contains(words.get(0)) && words.get(1).equals("status");
    return asked ? Optional.of(now(isFoundry, stateFolder)) : Optional.empty();
  }

  /** The status now; waits for a service that is starting. */
  public static StatusAnswer now(boolean isFoundry, Path stateFolder) {
    Optional<ServiceState> state = ServiceState.await(stateFolder);
    return isFoundry ? asFoundry(state) : asOurs(state);
  }

  private static StatusAnswer asOurs(Optional<ServiceState> state) {
    return state
        .map(
            s ->
                new StatusAnswer(
                    "service is running on %s (pid %d)".formatted(s.url(), s.pid()), 0))
        .orElseGet(
            () -> new StatusAnswer("service is not running; start it with: service start", 1));
  }

  /** The URL has to be the last thing on its line. */
  private static StatusAnswer asFoundry(Optional<ServiceState> state) {
    String text =
        state
            .map(
                s ->
                    """
                    🟢 Model management service is running on %s/openai/status
                    EP autoregistration status: Successfully downloaded and registered the following EPs: CPUExecutionProvider.
                    Valid EPs: CPUExecutionProvider"""
                        .formatted(s.url()))
            .orElse(
                """
                🔴 Model management service is not running!
                To start the service, run the following command: foundry service start""");
    return new StatusAnswer(text, 0);
  }
}
