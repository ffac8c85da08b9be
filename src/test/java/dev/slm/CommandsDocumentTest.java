package dev.slm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.shell.Console;
import dev.slm.shell.Screen;
import dev.slm.shell.Shell;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code src/docs/commands.md} is what the program says of itself. */
class CommandsDocumentTest {
  private static final Path DOCUMENT = Path.of("src/docs/commands.md");

  @TempDir Path home;

  @Test
  void theDocumentOfTheCommandsIsUpToDate() throws IOException {
    String document = document();

    if (System.getProperty("golden.update") != null) {
      Files.writeString(DOCUMENT, document);
    }

    assertThat(DOCUMENT)
        .as("stale; -Dtest=CommandsDocumentTest -Dgolden.update rewrites it")
        .hasContent(document);
  }

  @Test
  void everyExampleIsALineThatTheParserTakes() throws IOException {
    Path script = home.resolve("examples.slm");
    Pattern blocks = Pattern.compile("^```\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    List<String> examples =
        blocks.matcher(document()).results().flatMap(block -> block.group(1).lines()).toList();
    Files.write(
        script,
        examples.stream().map(line -> line.replaceFirst("^slm (.*?)( [<>|] .*)?$", "$1")).toList());
    StringWriter err = new StringWriter();

    int status;
    try (App app = App.open(Map.of("SLM_HOME", home.toString()), home, "Linux")) {
      Console console = new Console(Screen.plain(new StringWriter(), err), new Nobody());
      status = app.shell(console).run(List.of("script", script.toString(), "--check"));
    }

    assertThat(err.toString()).isEmpty();
    assertThat(status).isZero();
  }

  private String document() {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Console console = new Console(Screen.plain(out, err), new Nobody());
    try (App app = App.open(Map.of("SLM_HOME", home.toString()), home, "Linux")) {
      Shell shell = app.shell(console);
      shell.run("help --markdown");
      out.write("\n## All settings\n\n");
      shell.run("config list --markdown");
    }
    assertThat(err.toString()).isEmpty();
    return out.toString().replace(home.toString(), "{home}");
  }
}
