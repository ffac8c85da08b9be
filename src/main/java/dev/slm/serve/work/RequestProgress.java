package dev.slm.serve.work;

import dev.slm.base.Progress;
import dev.slm.serve.http.Departure;
import dev.slm.serve.http.Refusal;
import java.io.IOException;

/** Ends the work of a request when nobody waits for it any more. */
public final class RequestProgress implements Progress {
  private final Departure departure;
  private volatile boolean stopped;

  public RequestProgress(Departure departure) {
    this.departure = departure;
  }

  /** The client does not take what is sent to it. */
  public void stop() {
    stopped = true;
  }

  /** Why a cancelled answer was. */
  public Refusal end() throws IOException {
    boolean left = departure.hasHappened() && departure.reason() == Departure.Reason.CLIENT_LEFT;
    if (stopped || left) {
      throw new IOException("the client left");
    }
    String why =
        departure.hasHappened() ? "the service stops" : "the model was taken out of memory";
    return Refusal.of(503, why).code("cancelled").header("Retry-After", "5");
  }

  @Override
  public boolean isCancelled() {
    return stopped || departure.hasHappened();
  }
}
