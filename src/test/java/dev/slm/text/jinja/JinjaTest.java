package dev.slm.text.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** Renders what Jinja itself rendered, set up as Hugging Face does it; see jinja-expected.py. */
class JinjaTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final JsonNode EXPECTED =
      Json.tree(GOLDEN.resolve("jinja-expected.json"), 1 << 20);
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-02-03T14:05:09Z"), ZoneOffset.UTC);

  @TestFactory
  Stream<DynamicTest> everyFeatureOfTheLanguageWorksAsInJinja() {
    Map<String, Object> values = values(EXPECTED.path("values"));

    return each("features")
        .map(
            feature ->
                DynamicTest.dynamicTest(
                    feature.path("name").asString(),
                    () ->
                        assertThat(
                                Jinja.parse(feature.path("template").asString(), CLOCK)
                                    .render(values))
                            .isEqualTo(feature.path("text").asString())));
  }

  @TestFactory
  Stream<DynamicTest> everyFamilysTemplateRendersAsInJinja() {
    return each("templates")
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.path("template").asString() + ": " + each.path("shape").asString(),
                    () -> rendersAsExpected(each)));
  }

  private static void rendersAsExpected(JsonNode each) throws IOException {
    String source =
        Files.readString(GOLDEN.resolve("templates").resolve(each.path("template").asString()));
    Jinja template = Jinja.parse(source, CLOCK);
    Map<String, Object> values = values(each.path("values"));

    if (each.path("error").isMissingNode()) {
      assertThat(template.render(values)).isEqualTo(each.path("text").asString());
    } else {
      assertThatThrownBy(() -> template.render(values))
          .isInstanceOf(TemplateFault.class)
          .hasMessageContaining(each.path("error").asString());
    }
  }

  private static Stream<JsonNode> each(String field) {
    JsonNode list = EXPECTED.path(field);
    assertThat(list).hasSizeGreaterThan(40);
    return StreamSupport.stream(list.spliterator(), false);
  }

  private static Map<String, Object> values(JsonNode node) {
    Map<?, ?> map = Json.lenient().convertValue(node, Map.class);
    Map<String, Object> values = new HashMap<>();
    map.forEach(
        (name, value) -> values.put(String.valueOf(name), value == null ? List.of() : value));
    return values;
  }
}
