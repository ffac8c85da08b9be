package dev.slm.session;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.engine.Engine;
import dev.slm.engine.Engines;
import dev.slm.engine.LoadSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;

/**
 * The models in memory, shared by the shell and the service so that none is there twice. Loads on
 * demand; makes room by closing what was used longest ago; closes what was not used for its time;
 * never closes what is used.
 */
public final class LoadedModels implements AutoCloseable {
  private static final Duration WAIT_STEP = Duration.ofMillis(50);

  private final ModelSource source;
  private final Engines engines;
  private final Room room;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Slot> slots = new LinkedHashMap<>();
  private final Map<String, String> fullNames = new LinkedHashMap<>();
  private final Expiry expiry = new Expiry(this::closeExpired);

  public LoadedModels(ModelSource source, Engines engines, MemoryLimits limits, Clock clock) {
    this.source = source;
    this.engines = engines;
    this.room = new Room(limits);
    this.clock = clock;
  }

  /** A model to use, loaded if it is not; close the lease after use. */
  public Lease lease(String name, LoadRequest request, Progress progress) {
    Optional<Lease> ready = leaseIfLoaded(name);
    if (ready.isPresent()) {
      request.keepAlive().ifPresent(time -> keepAlive(name, time));
      return ready.get();
    }
    ModelSource.Place place = source.find(name, progress);
    Slot slot = null;
    lock.lock();
    try {
      fullNames.put(name, place.name());
      Slot there = slots.get(place.name());
      if (there != null) {
        return waitFor(there, progress);
      }
      slot = newSlot(place, request);
    } finally {
      lock.unlock();
    }
    return load(slot, request, progress);
  }

  /** A model to use if it is in memory. */
  public Optional<Lease> leaseIfLoaded(String name) {
    lock.lock();
    try {
      Slot slot = slots.get(fullNames.getOrDefault(name, name));
      if (slot == null || slot.isLoading()) {
        return Optional.empty();
      }
      slot.use();
      return Optional.of(new SlotLease(slot));
    } finally {
      lock.unlock();
    }
  }

  private Lease waitFor(Slot slot, Progress progress) {
    slot.use();
    try {
      awaitWhile(slot::isLoading, progress);
      slot.model();
      return new SlotLease(slot);
    } catch (Problem e) {
      slot.release(clock.instant());
      throw e;
    }
  }

  private Slot newSlot(ModelSource.Place place, LoadRequest request) {
    long estimate = Room.weightBytes(place.folder());
    List<Slot> evicted = room.make(slots, place.name(), estimate);
    LoadSettings how = request.settings().or(place.settings());
    Duration stay = request.keepAlive().orElse(room.limits().keepAlive());
    Slot slot = new Slot(place, how, estimate, stay, clock.instant());
    slots.put(place.name(), slot);
    slot.use();
    // waiting for running answers under the lock would stop everybody; idle models have none
    evicted.forEach(Slot::close);
    return slot;
  }

  private Lease load(Slot slot, LoadRequest request, Progress progress) {
    ModelSource.Place place = slot.place();
    RuntimeException failure = null;
    try {
      Engine engine = engines.choose(request.engine().or(place::engine), place.folder(), progress);
      ChatModel model =
          ChatModel.open(
              place.name(), place.folder(), place.family(), engine, slot.settings(), progress);
      finish(() -> slot.loaded(model));
      return new SlotLease(slot);
    } catch (Problem e) {
      failure = named(e, place);
      throw failure;
    } catch (RuntimeException e) {
      failure = e;
      throw e;
    } finally {
      if (slot.isLoading()) {
        RuntimeException reason =
            failure == null ? Problem.failed("cannot load '" + place.name() + "'") : failure;
        finish(
            () -> {
              slot.failed(reason);
              slots.remove(place.name(), slot);
            });
        slot.close();
      }
    }
  }

  /** Engines know folders, people know names. */
  private static Problem named(Problem problem, ModelSource.Place place) {
    return problem.told(
        text ->
            text.replace("'" + place.folder() + "'", "'" + place.name() + "'")
                .replaceFirst("\\bNAME\\b", Matcher.quoteReplacement(place.name())));
  }

  private void finish(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Changes how long a model stays; false when it is not loaded. */
  public boolean keepAlive(String name, Duration time) {
    lock.lock();
    try {
      Slot slot = slots.get(fullNames.getOrDefault(name, name));
      if (slot == null) {
        return false;
      }
      slot.keepAlive(time);
      slot.expires().ifPresent(this::expectExpiry);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a model out of memory; answers that run on it are cancelled first or waited for. False
   * when it is not loaded.
   */
  public boolean unload(String name, boolean cancel, Progress progress) {
    Slot slot;
    lock.lock();
    try {
      slot = slots.get(fullNames.getOrDefault(name, name));
      if (slot == null || slot.isLoading()) {
        return false;
      }
      if (cancel) {
        slot.stop();
      }
      awaitWhile(() -> slot.users() > 0, progress);
      if (!slots.remove(slot.name(), slot)) {
        return true;
      }
    } finally {
      lock.unlock();
    }
    slot.close();
    return true;
  }

  private void awaitWhile(BooleanSupplier holds, Progress progress) {
    try {
      while (holds.getAsBoolean()) {
        progress.checkCancelled();
        // wakes now and then to see whether the wait is still wanted
        var _ = changed.awaitNanos(WAIT_STEP.toNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.interrupted();
    }
  }

  /** Whether a model is in memory the way it would be loaded now. */
  boolean isLoadedAs(String name, LoadRequest request, Progress progress) {
    ModelSource.Place place = source.find(name, progress);
    lock.lock();
    try {
      Slot slot = slots.get(place.name());
      return slot != null && slot.isAs(place, request);
    } finally {
      lock.unlock();
    }
  }

  /** The one full name of a model that was loaded by this name. */
  Optional<String> fullName(String name) {
    lock.lock();
    try {
      return Optional.ofNullable(slots.get(fullNames.getOrDefault(name, name))).map(Slot::name);
    } finally {
      lock.unlock();
    }
  }

  /** What is in memory, in the order of loading. */
  public List<ModelInMemory> list() {
    lock.lock();
    try {
      return slots.values().stream().flatMap(slot -> slot.line().stream()).toList();
    } finally {
      lock.unlock();
    }
  }

  private void release(Slot slot) {
    lock.lock();
    try {
      slot.release(clock.instant());
      changed.signalAll();
      slot.expires().ifPresent(this::expectExpiry);
    } finally {
      lock.unlock();
    }
  }

  private void expectExpiry(Instant time) {
    expiry.at(Duration.between(clock.instant(), time));
  }

  /** Closes what was not used for its time. */
  void closeExpired() {
    List<Slot> expired = new ArrayList<>();
    lock.lock();
    try {
      Instant now = clock.instant();
      for (Slot slot : List.copyOf(slots.values())) {
        boolean over = slot.expires().map(time -> !time.isAfter(now)).orElse(false);
        if (slot.isIdle() && over) {
          slots.remove(slot.name());
          expired.add(slot);
        }
      }
    } finally {
      lock.unlock();
    }
    expired.forEach(Slot::close);
  }

  /** Cancels running answers and frees all memory. */
  @Override
  public void close() {
    expiry.close();
    List<Slot> all;
    lock.lock();
    try {
      all = List.copyOf(slots.values());
      slots.clear();
    } finally {
      lock.unlock();
    }
    all.forEach(Slot::stop);
    all.stream().filter(slot -> !slot.isLoading()).forEach(Slot::close);
  }

  /** Gives its place back once, however often it is closed. */
  private final class SlotLease implements Lease {
    private final Slot slot;
    private boolean open = true;

    SlotLease(Slot slot) {
      this.slot = slot;
    }

    @Override
    public ChatModel model() {
      return slot.model();
    }

    @Override
    public void close() {
      if (open) {
        open = false;
        release(slot);
      }
    }
  }
}
