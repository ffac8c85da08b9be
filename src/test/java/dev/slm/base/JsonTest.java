package dev.slm.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  /** A class of ours, which the mapper writes. */
  private record Mapped(Map<String, Object> value) {}

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":[1,-2,3000000000,123456789012345678901234567890,1.5,1e400,true,false,null,\"é\\n\"]}",
        "[]",
        "{}",
        "\"text\"",
        "-0.0",
        "null",
        " [ { \"deep\" : [ [ ] ] } ] "
      })
  void aTreeIsTheOneThatTheMapperMakes(String text) throws IOException {
    assertThat(Json.tree(file(text), 1000)).isEqualTo(Json.lenient().readTree(text));
  }

  @Test
  void plainValuesAreWrittenAsTheMapperWritesThem() {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("text", "a \"quoted\" \u0001 é \n 日本 \ud83d\ude00 /");
    value.put("numbers", List.of(1, -2L, 1.5, 1e300, 0.1f, Double.NaN, BigInteger.TEN.pow(30)));
    value.put("others", Arrays.asList(true, null, Map.of(), List.of(), new BigDecimal("1.10")));
    value.put(
        "tree", Json.tree("{\"a\":[1,2.5,1e400,\"x\",null,true,12345678901234567890],\"b\":{}}"));

    assertThat(Json.line(value)).isEqualTo(Json.strict().writeValueAsString(value));
    assertThat(Json.pretty(Map.of("value", value))).isEqualTo(Json.pretty(new Mapped(value)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'a':1,'a':2} | Duplicate",
        "{'a':1} {} | more text behind the end",
        "{'a':1 | Unexpected end-of-input",
        "[1,] | Unexpected character",
        "nulL | Unrecognized token",
        "{'a' 1} | Unexpected character",
        "'' | is empty"
      },
      quoteCharacter = '~')
  void whatIsNotOneJsonValueIsRefusedWithItsFile(String text, String reason) throws IOException {
    Path file = file(text.equals("''") ? "" : text.replace('\'', '"'));

    assertThatThrownBy(() -> Json.tree(file, 1000))
        .isInstanceOf(Problem.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(reason);
  }

  @Test
  void aDeepTreeIsRefusedAndNotFollowed() throws IOException {
    Path file = file("[".repeat(100_000));

    assertThatThrownBy(() -> Json.tree(file, 1 << 20))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("nesting depth");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("file.json"), text);
  }
}
