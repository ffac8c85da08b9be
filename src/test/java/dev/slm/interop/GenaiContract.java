package dev.slm.interop;

import dev.slm.engine.genai.GenaiEngineTest;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Runs the contract of engines with onnxruntime-genai, where Maven cannot: in a Debian root with a
 * newer C library. Ends with status 1 when a test fails, and also when too few ran, because a
 * skipped contract shows nothing.
 */
public final class GenaiContract {
  /** Tests of the contract; there may be more. */
  private static final long FEWEST = 10;

  private GenaiContract() {}

  public static void main(String[] args) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(DiscoverySelectors.selectClass(GenaiEngineTest.class))
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, listener);
    TestExecutionSummary summary = listener.getSummary();
    summary.printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8), 10);
    System.out.printf(
        "contract of engines with genai: %d tests passed, %d failed%n",
        summary.getTestsSucceededCount(), summary.getTotalFailureCount());
    boolean isGood =
        summary.getTotalFailureCount() == 0 && summary.getTestsSucceededCount() >= FEWEST;
    System.exit(isGood ? 0 : 1);
  }
}
