package dev.slm.prepare;

import dev.slm.acquire.FileChoice;
import dev.slm.acquire.ModelHub;
import dev.slm.acquire.Snapshot;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.cache.CachedModel;
import dev.slm.cache.ModelCache;
import dev.slm.cache.Staging;
import dev.slm.model.Manifest;
import dev.slm.model.Precision;
import dev.slm.profile.BundledModel;
import dev.slm.profile.Profiles;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Brings a model into the cache: a ready folder as it is, a checkpoint converted. What is in the
 * cache already is found without asking the network.
 */
public final class ModelDownload {
  private final ModelCache cache;
  private final Profiles profiles;
  private final Supplier<ModelHub> hub;
  private final Optional<Conversion> conversion;
  private final Filing filing;

  /**
   * Downloads into a cache.
   *
   * @param hub asked for only when the network is needed
   * @param conversion without one, checkpoints are kept as they are
   */
  public ModelDownload(
      ModelCache cache,
      Profiles profiles,
      Supplier<ModelHub> hub,
      Optional<Conversion> conversion,
      String toolVersion) {
    this.cache = cache;
    this.profiles = profiles;
    this.hub = hub;
    this.conversion = conversion;
    this.filing = new Filing(cache, profiles.families(), toolVersion);
  }

  /** The model in the cache, when it is there; needs no network. */
  public Optional<CachedModel> cached(Wanted wanted) {
    return cached(Order.of(wanted, profiles));
  }

  private Optional<CachedModel> cached(Order order) {
    return cache.list().stream()
        .filter(model -> model.state() != CachedModel.State.DAMAGED)
        .filter(model -> isFrom(model, order))
        .filter(model -> fits(model, order))
        .findFirst();
  }

  private static boolean isFrom(CachedModel model, Order order) {
    if (model.manifest().isEmpty()) {
      return model.alias().equalsIgnoreCase(order.alias()) && !order.isPinned();
    }
    Manifest.Source source = model.manifest().get().source();
    boolean isSame = source.repository().equalsIgnoreCase(order.repository().id());
    return isSame && (!order.isPinned() || source.commit().equals(order.repository().revision()));
  }

  private static boolean fits(CachedModel model, Order order) {
    if (order.isRaw()) {
      return model.kind() == Manifest.Kind.CHECKPOINT;
    }
    Optional<Precision> wanted = order.precision();
    return model.kind() == Manifest.Kind.MODEL
        && (wanted.isEmpty() || model.precision().equals(wanted));
  }

  /** Asks the hub what there is; a model that comes with the program has no plan. */
  public Optional<DownloadPlan> plan(Wanted wanted, Progress progress) {
    Order order = Order.of(wanted, profiles);
    return order.isBundled() ? Optional.empty() : Optional.of(plan(order, progress));
  }

  private DownloadPlan plan(Order order, Progress progress) {
    Snapshot snapshot = hub.get().snapshot(order.repository(), progress);
    FileChoice choice =
        order.isRaw()
            ? FileChoice.checkpoint(snapshot)
            : FileChoice.of(snapshot, order.precision());
    return new DownloadPlan(order, snapshot, choice);
  }

  /** The model in the cache, brought there first when it is not. */
  public CachedModel bring(Wanted wanted, Progress progress) {
    Order order = Order.of(wanted, profiles);
    Optional<CachedModel> there = cached(order);
    if (there.isPresent()) {
      return there.get();
    }
    return order.isBundled() ? unpack(order, progress) : fetch(plan(order, progress), progress);
  }

  private CachedModel unpack(Order order, Progress progress) {
    Filing.Source source =
        new Filing.Source(
            order.alias(), new Manifest.Source(order.repository().id(), ""), order.licence());
    try (Staging staging = filing.claim(source, order.checkpointName(), progress)) {
      copyBundled(staging);
      return file(order, staging, source, progress);
    }
  }

  private static void copyBundled(Staging staging) {
    try {
      BundledModel.copyTo(staging.folder());
    } catch (Problem problem) {
      // nothing was downloaded that would be worth keeping on a full disk
      staging.abort();
      throw problem;
    }
  }

  private CachedModel fetch(DownloadPlan plan, Progress progress) {
    Filing.Source source =
        new Filing.Source(
            plan.order().alias(),
            new Manifest.Source(plan.repository(), plan.commit()),
            plan.licence());
    try (Staging staging = filing.claim(source, plan.cachedName(), plan.bytes(), progress)) {
      Optional<CachedModel> meanwhile = cached(plan.order());
      return meanwhile.isPresent() ? meanwhile.get() : fetch(plan, staging, source, progress);
    } catch (Problem problem) {
      // where locks do not work, another process may have finished what was ours, too
      return cached(plan.order()).orElseThrow(() -> problem);
    }
  }

  private CachedModel fetch(
      DownloadPlan plan, Staging staging, Filing.Source source, Progress progress) {
    progress.note(plan.repository() + " at commit " + plan.commit());
    hub.get().fetch(plan.snapshot(), plan.choice(), staging.folder(), progress);
    filing.keepOnly(staging, plan.choice());
    return plan.isReady()
        ? filing.commit(staging, source, plan.cachedName(), plan.precision(), progress)
        : file(plan.order(), staging, source, progress);
  }

  /** A checkpoint stays as it is or becomes a model; then its files are no longer needed. */
  private CachedModel file(Order order, Staging staging, Filing.Source source, Progress progress) {
    if (order.isRaw() || conversion.isEmpty()) {
      return filing.commit(staging, source, order.checkpointName(), Optional.empty(), progress);
    }
    CachedModel model =
        conversion
            .get()
            .convert(
                new Conversion.Checkpoint(
                    staging.folder(), source.alias(), source.manifest(), source.licence()),
                order.recipe(),
                progress);
    staging.abort();
    return model;
  }

  /** What a program says that was told not to use the network. */
  public static Problem offline() {
    return Problem.of(Problem.Status.UNREACHABLE, "the network is switched off")
        .why("the setting 'hub.offline' is on")
        .next("config set hub.offline false");
  }
}
