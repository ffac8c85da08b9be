package dev.slm.acquire;

import dev.slm.base.Problem;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A repository of the hub as people write it.
 *
 * <pre>
 * repository = owner "/" name [ "@" revision ]
 * owner      = letter or digit, then up to 95 of letters, digits, "-", "_", "."
 * name       = as owner
 * revision   = branch, tag or commit; "main" when left out
 * </pre>
 */
public record Repository(String owner, String name, String revision) {
  public static final String NEWEST = "main";

  private static final String PART = "[A-Za-z0-9][A-Za-z0-9._-]{0,95}";
  private static final Pattern FORM =
      Pattern.compile("(?<owner>" + PART + ")/(?<name>" + PART + ")(@(?<revision>.+))?");
  private static final Pattern PAGE =
      Pattern.compile("https?://[^/]+/(?<id>[^/]+/[^/@?#]+)(/tree/(?<revision>[^?#]+?))?/?");
  private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,199}");

  public Repository {
    if (!REVISION.matcher(revision).matches() || revision.contains("..")) {
      throw Problem.usage("'" + revision + "' is not a branch, tag or commit");
    }
  }

  /** Reads {@code owner/name[@revision]} or the address of the repository's page. */
  public static Repository parse(String text) {
    return find(text)
        .orElseThrow(
            () ->
                Problem.usage("'" + text + "' is not a repository")
                    .why("a repository is written as owner/name or owner/name@revision"));
  }

  /** The repository that a text names, empty when it has another form. */
  public static Optional<Repository> find(String text) {
    Matcher page = PAGE.matcher(text.strip());
    if (page.matches()) {
      return find(page.group("id")).map(it -> it.at(page.group("revision")));
    }
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches()
        || form.group("owner").contains("..")
        || form.group("name").contains("..")) {
      return Optional.empty();
    }
    return Optional.of(
        new Repository(form.group("owner"), form.group("name"), NEWEST).at(form.group("revision")));
  }

  /** The same repository at another revision; null keeps this one. */
  public Repository at(@Nullable String other) {
    return other == null || other.isEmpty() ? this : new Repository(owner, name, other);
  }

  /** {@code owner/name}. */
  public String id() {
    return owner + "/" + name;
  }

  @Override
  public String toString() {
    return revision.equals(NEWEST) ? id() : id() + "@" + revision;
  }
}
