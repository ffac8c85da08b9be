package dev.slm.shell;

import dev.slm.serve.ServiceState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.terminal.impl.ExternalTerminal;

/**
 * Walks once through what most starts do, so that the JVM can remember the classes: the launcher
 * makes the AOT cache from it. Runs in a home of its own and prints nowhere.
 */
public final class Rehearsal {
  /** What people start with; each also runs as a line at the prompt. */
  private static final List<String> LINES =
      List.of(
          "help",
          "help model run",
          "config list",
          "config get service.port",
          "model list",
          "model list --json",
          "model info slm-demo",
          "cache ls",
          "cache ls --json",
          "cache location",
          "service status",
          "status",
          "model run slm-demo --prompt Hello --max-tokens 8",
          "nonsense");

  /** What clients of the service begin with. */
  private static final List<String> REQUESTS =
      List.of(
          request("GET /v1/models", ""),
          request("GET /foundry/list", ""),
          request("GET /metrics", ""),
          request("POST /v1/chat/completions", question("")),
          request("POST /v1/chat/completions", question(", \"stream\": true")));

  private Rehearsal() {}

  private static String question(String more) {
    return """
        {"model": "slm-demo", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 8%s}
        """
        .formatted(more);
  }

  private static String request(String start, String body) {
    return String.join(
        "\r\n",
        start + " HTTP/1.1",
        "Host: localhost",
        "Connection: close",
        "Content-Type: application/json",
        "Content-Length: " + body.length(),
        "",
        body);
  }

  /** Plays every line, alone and at a prompt. */
  public static void run(Entry entry, Entry.Wiring wiring, Folders folders) throws IOException {
    // as single commands, which the launcher sends to nowhere
    for (String line : LINES) {
      entry.run(List.of(line.split(" ")), wiring, () -> Text.of(""));
    }
    converse(wiring, folders);
  }

  /** Plays every line at a prompt, with a completion, on a terminal that nobody sees. */
  private static void converse(Entry.Wiring wiring, Folders folders) throws IOException {
    String typed = String.join("\n", LINES) + "\ncache l\t\nexit\n";
    ByteArrayInputStream keys = new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8));
    OutputStream nowhere = OutputStream.nullOutputStream();
    // the way a real terminal is found, which is not used here
    TerminalBuilder.builder().system(true).dumb(true).build().close();
    try (Terminal terminal =
        new ExternalTerminal(
            "rehearsal", "xterm-256color", keys, nowhere, StandardCharsets.UTF_8)) {
      terminal.setSize(Size.of(80, 24));
      Screen.Looks looks = new Screen.Looks(true, true);
      Screen screen = new Screen(terminal.writer(), looks, terminal.writer(), looks, () -> 80);
      Prompt prompt = Prompt.on(terminal, folders.history());
      Shell shell = wiring.shell(new Console(screen, prompt));
      prompt.converse(shell, () -> Text.of("slm> "));
      serve(shell, folders.state());
    }
  }

  /** The first clients of a service should not wait for classes either. */
  private static void serve(Shell shell, Path state) throws IOException {
    shell.run("service start --port 0");
    Optional<ServiceState> service = ServiceState.find(state);
    if (service.isPresent()) {
      for (String request : REQUESTS) {
        ask(service.get().port(), request);
      }
    }
    shell.run("service stop");
  }

  private static void ask(int port, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    }
  }
}
