package dev.slm.shell;

import dev.slm.base.Progress;
import dev.slm.cache.FolderDoctor;
import dev.slm.cache.ModelCache;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** Tells {@code doctor} of the cache, and of folders that are no models in it. */
public final class CacheCheck implements DoctorCommands.Check, DoctorCommands.Examiner {
  private final Supplier<ModelCache> cache;

  public CacheCheck(Supplier<ModelCache> cache) {
    this.cache = cache;
  }

  @Override
  public List<Finding> findings() {
    int models = cache.get().list().size();
    List<Finding> wrong =
        FolderDoctor.lookAtAll(cache.get()).stream().map(CacheCheck::warning).toList();
    return wrong.isEmpty() && models > 0
        ? List.of(Finding.good(CacheFolderCommands.models(models) + " in the cache"))
        : wrong;
  }

  @Override
  public List<Finding> examine(Path path, Progress progress) {
    List<Finding> wrong =
        FolderDoctor.look(cache.get(), path).stream().map(CacheCheck::bad).toList();
    return wrong.isEmpty()
        ? List.of(Finding.good("'" + path + "' is a model in the cache"))
        : wrong;
  }

  private static Finding warning(FolderDoctor.Finding finding) {
    return Finding.warning(text(finding), finding.next());
  }

  private static Finding bad(FolderDoctor.Finding finding) {
    return Finding.bad(text(finding), finding.next());
  }

  private static String text(FolderDoctor.Finding finding) {
    return finding.what() + " (" + finding.why() + ")";
  }
}
