package dev.slm.shell;

import dev.slm.base.Progress;
import dev.slm.base.SafeText;
import dev.slm.base.Units;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * One line on standard error that is drawn again while work goes on: what, how much, rate and time
 * left. Where a line cannot be drawn again only notes and warnings are printed.
 */
final class ProgressLine implements Progress {
  private static final Duration REDRAW = Duration.ofMillis(100);

  /** Before this much time has passed a rate is a guess. */
  private static final Duration TRUSTED = Duration.ofMillis(500);

  private final Screen screen;
  private final Cancellation cancellation;
  private final LongSupplier nanos;
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong drawn = new AtomicLong();

  private record Stage(String what, long total, Unit unit, long started) {}

  private volatile Stage stage = new Stage("", -1, Unit.ITEMS, 0);

  ProgressLine(Screen screen, Cancellation cancellation, LongSupplier nanos) {
    this.screen = screen;
    this.cancellation = cancellation;
    this.nanos = nanos;
  }

  @Override
  public void start(String what, long total, Unit unit) {
    done.set(0);
    stage = new Stage(what, total, unit, nanos.getAsLong());
    draw();
  }

  @Override
  public void advance(long amount) {
    done.addAndGet(amount);
    long now = nanos.getAsLong();
    long last = drawn.get();
    if (now - last >= REDRAW.toNanos() && drawn.compareAndSet(last, now)) {
      draw();
    }
  }

  @Override
  public void note(String line) {
    screen.note(line);
  }

  @Override
  public void warn(String line) {
    screen.warn(line);
  }

  @Override
  public boolean isCancelled() {
    return cancellation.isRequested() || Thread.currentThread().isInterrupted();
  }

  private void draw() {
    if (screen.canRedraw()) {
      drawn.set(nanos.getAsLong());
      screen.live(Text.of(SafeText.line(describe())).fit(screen.width() - 1));
    }
  }

  /** {@code downloading model.safetensors 42 % 410 MB of 980 MB 84 MB/s 7 s left}. */
  String describe() {
    Stage now = stage;
    long count = Math.max(0, done.get());
    Duration taken = Duration.ofNanos(nanos.getAsLong() - now.started());
    StringBuilder text = new StringBuilder(now.what());
    if (now.total() > 0) {
      text.append("  ").append(Math.min(100, count * 100 / now.total())).append(" %");
      text.append("  ").append(amount(count, now)).append(" of ").append(amount(now.total(), now));
    } else if (count > 0) {
      text.append("  ").append(amount(count, now));
    }
    if (taken.compareTo(TRUSTED) >= 0 && count > 0) {
      if (now.unit() == Unit.BYTES) {
        text.append("  ").append(Units.rate(count, taken));
      }
      if (now.total() > count) {
        double left = taken.toNanos() * (double) (now.total() - count) / count;
        text.append("  ").append(Units.time(Duration.ofNanos((long) left))).append(" left");
      }
    }
    return text.toString();
  }

  private static String amount(long value, Stage stage) {
    return stage.unit() == Unit.BYTES ? Units.bytes(value) : String.valueOf(value);
  }
}
