package dev.slm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.shell.Console;
import dev.slm.shell.Screen;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replays the workshop that ships with the program: the whole road without a network. */
class WorkshopTest {
  @TempDir Path home;

  @Test
  void workshopRunsToItsEndAndLeavesItsReport() throws IOException {
    Path script = home.resolve("workshop.slm");
    Files.writeString(script, shipped().replace("=benchmark_", "=" + home + "/benchmark_"));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Map<String, String> environment =
        Map.of("SLM_HOME", home.toString(), "SLM_HUB_OFFLINE", "true");

    int status;
    try (App app = App.open(environment, home, "Linux")) {
      Console console = new Console(Screen.plain(out, err), new Nobody());
      status = app.shell(console).run("script " + script);
    }

    assertThat(status).as(err.toString()).isZero();
    assertThat(Files.readString(home.resolve("benchmark_report.md")))
        .startsWith("# Benchmark report\n\n| Model | Avg Latency | p95 | TPS |\n")
        .contains(
            "| slm-demo-fp32 |", "| slm-demo-fp16 |", "| slm-demo-int8 |", "| slm-demo-int4 |")
        .doesNotContain("failed");
  }

  private static String shipped() throws IOException {
    try (InputStream in = WorkshopTest.class.getResourceAsStream("/scripts/workshop.slm")) {
      assertThat(in).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
