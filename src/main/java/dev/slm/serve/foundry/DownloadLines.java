package dev.slm.serve.foundry;

import dev.slm.base.Progress;
import dev.slm.serve.http.Departure;
import dev.slm.serve.http.Response;
import java.io.IOException;
import java.util.Locale;

/**
 * Progress as Foundry Local's clients read it: {@code Total 45.67% Downloading model.onnx.data}.
 * The share only grows, whatever stages the work has.
 */
final class DownloadLines implements Progress {
  /** A hundred lines per stage tell enough. */
  private static final double STEP = 1;

  /** The end is told by the last line alone. */
  private static final double MOST = 99.9;

  private final Response response;
  private final Departure departure;
  private String what = "model";
  private long total = -1;
  private long done;
  private double told;
  private boolean failed;

  DownloadLines(Response response, Departure departure) {
    this.response = response;
    this.departure = departure;
  }

  void begin() throws IOException {
    response.begin(200, "text/plain; charset=utf-8");
  }

  @Override
  public synchronized void start(String stage, long amount, Unit unit) {
    // one word: what follows is a file name to the clients
    what = stage.strip().replaceAll("[\\s{}]+", "-");
    total = amount;
    done = 0;
    tell();
  }

  @Override
  public synchronized void advance(long amount) {
    done += amount;
    double share = total > 0 ? Math.min(MOST, 100.0 * done / total) : told;
    if (share >= told + STEP) {
      told = share;
      tell();
    }
  }

  /** A sign of life while nothing moves. */
  synchronized void sign() {
    tell();
  }

  @Override
  public boolean isCancelled() {
    return failed || departure.hasHappened();
  }

  private synchronized void tell() {
    try {
      response.write(String.format(Locale.ROOT, "Total %.2f%% Downloading %s\n", told, what));
    } catch (IOException e) {
      failed = true;
    }
  }
}
