package dev.slm.acquire;

import dev.slm.base.DurableFile;
import dev.slm.base.Machine;
import dev.slm.base.Nearest;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.base.SafePath;
import dev.slm.base.Units;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Asks a hub for repositories and brings their files here. */
public final class ModelHub {
  /** Room that stays free: a disk filled to the last byte stops more than this program. */
  private static final long MARGIN = 64L * 1024 * 1024;

  private final HubSettings settings;
  private final Transport transport;
  private final Collection<String> known;
  private final ToLongFunction<Path> freeSpace;

  private ModelHub(HubSettings settings, Collection<String> known, ToLongFunction<Path> freeSpace) {
    this.settings = settings;
    this.transport = new Transport(settings);
    this.known = List.copyOf(known);
    this.freeSpace = freeSpace;
  }

  /**
   * The hub of the settings.
   *
   * @param known repositories to suggest when people mistype one
   */
  public static ModelHub of(HubSettings settings, Collection<String> known) {
    return new ModelHub(settings, known, Machine::freeBytes);
  }

  static ModelHub of(HubSettings settings, ToLongFunction<Path> freeSpace) {
    return new ModelHub(settings, List.of(), freeSpace);
  }

  /** What a repository's revision is now. */
  public Snapshot snapshot(Repository repository, Progress progress) {
    String address =
        settings.endpoint()
            + "/api/models/"
            + repository.id()
            + "/revision/"
            + encoded(repository.revision())
            + "?blobs=true";
    if (transport.withholdsToken()) {
      progress.warn("the token is not sent: '" + settings.endpoint() + "' is not encrypted");
    }
    Answer answer = answer(repository, progress);
    JsonNode json = json(URI.create(address), answer, progress);
    return new Listing(settings.limits()).snapshot(repository, json);
  }

  /**
   * Brings the chosen files into a folder: complete ones are checked and kept, others go on where
   * they ended. Returns when all of them are what the hub published.
   */
  public void fetch(Snapshot snapshot, FileChoice choice, Path folder, Progress progress) {
    List<RemoteFile> files = smallestFirst(choice.files());
    SafePath.refuseUnportable("the repository", files.stream().map(choice::target).toList());
    long present = files.stream().mapToLong(file -> present(choice, file, folder)).sum();
    long missing = files.stream().mapToLong(RemoteFile::size).sum() - present;
    checkSpace(missing, folder);
    progress.start("download " + snapshot.repository().id(), missing, Progress.Unit.BYTES);
    for (RemoteFile file : files) {
      progress.checkCancelled();
      // what is here already is not part of the rate
      progress.advance(-present(choice, file, folder));
      fetch(snapshot, file, folder.resolve(choice.target(file)), progress);
    }
    checkComplete(files, choice, folder);
  }

  /** Where locks do not work, another process may have taken files that were finished first. */
  private static void checkComplete(List<RemoteFile> files, FileChoice choice, Path folder) {
    for (RemoteFile file : files) {
      Path target = folder.resolve(choice.target(file));
      try {
        if (Files.size(target) != file.size()) {
          throw new IOException("it has another size");
        }
      } catch (IOException e) {
        throw Problem.of(Problem.Status.BUSY, "'" + target + "' is gone again")
            .why("another slm works in the same folder")
            .next("repeat the command")
            .causedBy(e);
      }
    }
  }

  private void fetch(Snapshot snapshot, RemoteFile file, Path target, Progress progress) {
    try {
      if (Files.isRegularFile(target)) {
        if (FileDigest.isRight(target, file, progress::checkCancelled)) {
          progress.advance(file.size());
          return;
        }
        Files.delete(target);
      }
    } catch (IOException e) {
      throw DurableFile.cannotRead(target, e);
    }
    Answer answer = answer(snapshot.repository(), progress);
    URI uri = address(snapshot, file);
    new Download(transport, uri, answer, snapshot.commit(), file, target, progress).run();
  }

  /** Names of repositories like a text, best first; empty when the hub does not answer. */
  List<String> search(String text, Progress progress) {
    String address =
        settings.endpoint()
            + "/api/models?limit=20&search="
            + URLEncoder.encode(text, StandardCharsets.UTF_8);
    try (Reply reply = transport.get(URI.create(address), Map.of(), progress)) {
      if (reply.status() != 200 || reply.isPage()) {
        return List.of();
      }
      byte[] bytes = reply.body().readAll(settings.limits().jsonBytes(), progress);
      return Listing.names(bytes);
    } catch (IOException e) {
      return List.of();
    }
  }

  private Answer answer(Repository repository, Progress progress) {
    return new Answer(
        repository, settings.endpoint(), transport.hasToken(), () -> nearTo(repository, progress));
  }

  private List<String> nearTo(Repository repository, Progress progress) {
    List<String> names = new ArrayList<>(Nearest.to(repository.id(), known));
    if (names.size() < 3) {
      List<String> found = search(repository.name(), progress);
      names.addAll(Nearest.to(repository.id(), found));
      names.addAll(found);
    }
    return names.stream().distinct().limit(3).toList();
  }

  private JsonNode json(URI uri, Answer answer, Progress progress) {
    byte[] bytes =
        new Retry(transport, uri, false)
            .run(
                () -> {
                  try (Reply reply = transport.get(uri, Map.of(), progress)) {
                    answer.check(reply);
                    return reply.body().readAll(settings.limits().jsonBytes(), progress);
                  } catch (Body.TooLong e) {
                    throw Problem.badFile("'" + uri.getHost() + "' sent too long an answer")
                        .why("more than " + Units.bytes(settings.limits().jsonBytes()));
                  }
                },
                progress);
    return Listing.parse(bytes, uri.getHost());
  }

  private URI address(Snapshot snapshot, RemoteFile file) {
    String path =
        Arrays.stream(file.path().split("/"))
            .map(ModelHub::encoded)
            .collect(Collectors.joining("/"));
    return URI.create(
        settings.endpoint()
            + "/"
            + snapshot.repository().id()
            + "/resolve/"
            + snapshot.commit()
            + "/"
            + path);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private void checkSpace(long missing, Path folder) {
    long free = freeSpace.applyAsLong(folder);
    if (missing > 0 && missing + MARGIN > free) {
      throw Problem.of(
              Problem.Status.CANNOT_WRITE,
              "the download needs %s, %s are free at '%s'"
                  .formatted(Units.bytes(missing + MARGIN), Units.bytes(free), folder))
          .next("cache prune, or cache cd to another disk");
    }
  }

  /** Bytes of a file that an earlier run left, as far as the sizes tell. */
  private static long present(FileChoice choice, RemoteFile file, Path folder) {
    Path target = folder.resolve(choice.target(file));
    for (Path path : List.of(target, target.resolveSibling(target.getFileName() + PartFile.DATA))) {
      try {
        if (Files.isRegularFile(path)) {
          return Math.min(Files.size(path), file.size());
        }
      } catch (IOException e) {
        // counted as missing
      }
    }
    return 0;
  }

  private static List<RemoteFile> smallestFirst(List<RemoteFile> files) {
    return files.stream().sorted(Comparator.comparingLong(RemoteFile::size)).toList();
  }
}
