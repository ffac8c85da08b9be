package dev.slm.acquire;

import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.base.SafePath;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Reads the hub's list of a repository's files, believing nothing of it. */
final class Listing {
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern LICENCE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,60}");

  private final Limits limits;

  Listing(Limits limits) {
    this.limits = limits;
  }

  static JsonNode parse(byte[] bytes, String host) {
    try {
      return Json.tree(bytes);
    } catch (JacksonException e) {
      throw Unreachable.unreachable("'" + host + "' did not answer like a hub")
          .why("its answer is not JSON")
          .next("config set hub.endpoint " + HubSettings.PUBLIC_HUB)
          .causedBy(e);
    }
  }

  Snapshot snapshot(Repository repository, JsonNode json) {
    String commit = json.path("sha").asString("");
    if (!COMMIT.matcher(commit).matches()) {
      throw odd(repository, "'sha'");
    }
    JsonNode siblings = json.path("siblings");
    if (!siblings.isArray() || siblings.size() > limits.files()) {
      throw odd(repository, "'siblings'");
    }
    List<RemoteFile> files = new ArrayList<>();
    for (JsonNode sibling : siblings) {
      files.add(file(repository, sibling));
    }
    SafePath.refuseEscapes("the repository", files.stream().map(RemoteFile::path).toList());
    return new Snapshot(repository, commit, licence(json), files);
  }

  private static RemoteFile file(Repository repository, JsonNode sibling) {
    JsonNode lfs = sibling.path("lfs");
    JsonNode size = lfs.path("size").isMissingNode() ? sibling.path("size") : lfs.path("size");
    String sha256 = lfs.path("sha256").asString("");
    String blob = sibling.path("blobId").asString("");
    boolean isGood =
        size.isIntegralNumber()
            && size.canConvertToLong()
            && size.longValue() >= 0
            && (sha256.isEmpty() || SHA256.matcher(sha256).matches())
            && (blob.isEmpty() || COMMIT.matcher(blob).matches());
    String path = sibling.path("rfilename").asString("");
    if (!isGood) {
      throw odd(repository, "the entry of '" + SafePath.shown(path) + "'");
    }
    // git's hash of a large file is the one of its pointer
    return new RemoteFile(path, size.longValue(), sha256, sha256.isEmpty() ? blob : "");
  }

  private static Problem odd(Repository repository, String what) {
    return Problem.badFile("the hub's list of '" + repository.id() + "' cannot be read")
        .why(what + " is missing or not as it should be")
        .next("config set hub.endpoint " + HubSettings.PUBLIC_HUB);
  }

  private static String licence(JsonNode json) {
    String card = json.path("cardData").path("license").asString("");
    if (LICENCE.matcher(card).matches()) {
      return card;
    }
    for (JsonNode tag : json.path("tags")) {
      String text = tag.asString("");
      if (text.startsWith("license:") && LICENCE.matcher(text.substring(8)).matches()) {
        return text.substring(8);
      }
    }
    return "";
  }

  /** Repositories of a search's answer. */
  static List<String> names(byte[] bytes) {
    List<String> names = new ArrayList<>();
    try {
      for (JsonNode model : Json.tree(bytes)) {
        String id = model.path("id").asString("");
        Repository.find(id).ifPresent(it -> names.add(it.id()));
      }
    } catch (JacksonException e) {
      return List.of();
    }
    return names;
  }
}
