package dev.slm.shell;

import dev.slm.base.DurableFile;
import dev.slm.base.Json;
import dev.slm.base.Nearest;
import dev.slm.base.Problem;
import dev.slm.base.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Where work runs: here, or at a named endpoint. The names are kept in the settings folder. */
public final class Contexts {
  /** This machine. */
  public static final String LOCAL = "local";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final long LARGEST_FILE = 1 << 20;

  private final Path file;
  private final Settings settings;

  public Contexts(Path file, Settings settings) {
    this.file = file;
    this.settings = settings;
  }

  /** The name of the current context. */
  public String current() {
    return settings.get(Settings.CONTEXT);
  }

  /** The current endpoint; empty means that work runs here. */
  public Optional<Endpoint> endpoint() {
    return current().equals(LOCAL) ? Optional.empty() : Optional.of(named(current()));
  }

  public List<Endpoint> endpoints() {
    if (!Files.exists(file)) {
      return List.of();
    }
    List<Endpoint> endpoints = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : Json.tree(file, LARGEST_FILE).properties()) {
      String url = entry.getValue().path("url").asString("");
      String key = entry.getValue().path("key_variable").asString("");
      endpoints.add(new Endpoint(entry.getKey(), url(url), key));
    }
    return endpoints;
  }

  List<String> names() {
    List<String> names = new ArrayList<>(List.of(LOCAL));
    endpoints().forEach(endpoint -> names.add(endpoint.name()));
    return names;
  }

  void use(String name) {
    if (!name.equals(LOCAL)) {
      named(name);
    }
    settings.set(Settings.CONTEXT, name);
  }

  /** Adds an endpoint or changes the one of that name. */
  void add(String name, String url, String keyVariable) {
    if (!NAME.matcher(name).matches() || name.equals(LOCAL)) {
      throw Problem.usage("'" + name + "' cannot be the name of a context")
          .why(name.equals(LOCAL) ? "it is this machine" : "names are letters, digits, . _ -");
    }
    List<Endpoint> all = new ArrayList<>(endpoints());
    all.removeIf(endpoint -> endpoint.name().equals(name));
    all.add(new Endpoint(name, url(url), keyVariable));
    write(all);
  }

  void remove(String name) {
    Endpoint gone = named(name);
    List<Endpoint> all = new ArrayList<>(endpoints());
    all.remove(gone);
    write(all);
    if (current().equals(name)) {
      settings.reset(Settings.CONTEXT);
    }
  }

  private Endpoint named(String name) {
    return endpoints().stream()
        .filter(endpoint -> endpoint.name().equals(name))
        .findFirst()
        .orElseThrow(() -> Nearest.unknown("context", name, names(), "context list"));
  }

  private void write(List<Endpoint> endpoints) {
    Map<String, Map<String, String>> fields = new TreeMap<>();
    for (Endpoint endpoint : endpoints) {
      Map<String, String> one = new TreeMap<>();
      one.put("url", endpoint.url().toString());
      if (!endpoint.keyVariable().isEmpty()) {
        one.put("key_variable", endpoint.keyVariable());
      }
      fields.put(endpoint.name(), one);
    }
    DurableFile.write(file, Json.pretty(fields));
  }

  private static URI url(String text) {
    try {
      URI url = new URI(text.strip());
      boolean isWeb = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (isWeb && url.getHost() != null && url.getUserInfo() == null) {
        return url;
      }
    } catch (URISyntaxException _) {
      // told below, in the same words as every other wrong address
    }
    throw Problem.usage("'" + text + "' is no address of an endpoint")
        .why("addresses look like http://host:8000/v1");
  }
}
