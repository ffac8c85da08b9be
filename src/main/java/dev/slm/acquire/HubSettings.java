package dev.slm.acquire;

import dev.slm.base.Problem;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which hub to ask, and as whom.
 *
 * @param endpoint address without a slash at the end
 * @param token what the hub knows the user by; never printed
 * @param environment where the proxy variables stand
 */
public record HubSettings(
    URI endpoint, Optional<String> token, Map<String, String> environment, Limits limits) {
  public static final String PUBLIC_HUB = "https://huggingface.co";

  private static final Pattern TOKEN = Pattern.compile("[!-~]{1,500}");

  /** Reads an endpoint and a token as people set them; empty texts are not set. */
  public static HubSettings of(String endpoint, String token, Map<String, String> environment) {
    String address = endpoint.isBlank() ? PUBLIC_HUB : endpoint.strip().replaceAll("/+$", "");
    String known = token.strip();
    if (!known.isEmpty() && !TOKEN.matcher(known).matches()) {
      throw Problem.usage("the hub's token has characters that no token has")
          .next("set HF_TOKEN again, without quotes and line ends");
    }
    return new HubSettings(
        address(address),
        Optional.of(known).filter(text -> !text.isEmpty()),
        Map.copyOf(environment),
        Limits.DEFAULT);
  }

  /** Settings from {@code HF_ENDPOINT} and {@code HF_TOKEN} alone. */
  public static HubSettings of(Map<String, String> environment) {
    return of(
        environment.getOrDefault("HF_ENDPOINT", ""),
        environment.getOrDefault("HF_TOKEN", ""),
        environment);
  }

  public HubSettings with(Limits other) {
    return new HubSettings(endpoint, token, environment, other);
  }

  private static URI address(String text) {
    try {
      URI uri = new URI(text);
      boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      if (web && uri.getHost() != null && uri.getRawQuery() == null && uri.getUserInfo() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // the same answer as for another form
    }
    throw Problem.usage("'" + text + "' is not the address of a hub")
        .why("expected https://host")
        .next("config set hub.endpoint " + PUBLIC_HUB);
  }

  /** Without the token, so that no log or message can show it. */
  @Override
  public String toString() {
    return "HubSettings[" + endpoint + (token.isPresent() ? ", with a token]" : "]");
  }
}
