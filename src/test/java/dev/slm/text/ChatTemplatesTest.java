package dev.slm.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Problem;
import dev.slm.model.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hostile files around a template, case 4.3-11 of the reliability document: one line each. */
class ChatTemplatesTest {
  @TempDir private Path folder;

  private ChatTemplate template() {
    return ChatTemplates.of(folder, List::of);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  @Test
  void whatATemplateComplainsOfCannotControlTheTerminal() throws IOException {
    write("chat_template.jinja", "{{ raise_exception('\\x1b[31m red\\nsecond line') }}");

    assertThatThrownBy(() -> template().render(List.of(), PromptOptions.ANSWER))
        .isInstanceOf(Problem.class)
        .message()
        .contains("chat template 'chat_template.jinja'")
        .doesNotContain("\u001b", "\n");
  }

  @Test
  void enormousTemplatesAreRefusedByTheirSize() throws IOException {
    write("chat_template.jinja", "x".repeat((1 << 20) + 1));

    assertThatThrownBy(this::template).hasMessageContaining("the chat template is longer than");
  }

  @Test
  void twoTemplatesNamedDefaultAreRefused() throws IOException {
    write(
        "tokenizer_config.json",
        """
        {"chat_template": [
          {"name": "tool_use", "template": "t"},
          {"name": "default", "template": "a"},
          {"name": "default", "template": "b"}]}""");

    assertThatThrownBy(this::template).hasMessageContaining("has two named 'default'");
  }

  @Test
  void ofNamedTemplatesTheDefaultIsUsed() throws IOException {
    write(
        "tokenizer_config.json",
        """
        {"chat_template": [
          {"name": "tool_use", "template": "t"}, {"name": "default", "template": "a"}]}""");

    assertThat(template().render(List.of(), PromptOptions.ANSWER)).isEqualTo("a");
  }

  @Test
  void patternsWithoutThePlaceOfTheTextAreRefused() throws IOException {
    for (String pattern :
        List.of("no place", "{Content} and {Content}", "%s", "x".repeat(70_000))) {
      write(
          "inference_model.json",
          "{\"PromptTemplate\": {\"user\": \"" + pattern + "\", \"assistant\": \"{Content}\"}}");

      assertThatThrownBy(this::template)
          .hasMessageContaining("PromptTemplate.user does not hold {Content} once");
    }
  }

  @Test
  void aPatternIsTextAndNoProgram() throws IOException {
    write(
        "inference_model.json",
        "{\"PromptTemplate\": {\"user\": \"{{ 1 + 1 }} {Content}\", \"assistant\": \"{Content}\"}}");

    String rendered =
        template()
            .render(
                List.of(Map.of("role", "user", "content", "{{ 2 }} {Content}")),
                PromptOptions.NOTHING_MORE);

    assertThat(rendered).isEqualTo("{{ 1 + 1 }} {{ 2 }} {Content}");
  }

  @Test
  void strangeTokenizerSettingsAreNotUsed() throws IOException {
    write(
        "tokenizer_config.json",
        """
        {"tokenizer_class": "Evil", "model_max_length": 1e400, "auto_map": {"x": "evil.py"},
         "bos_token": {"special": true}, "eos_token": 7, "pad_token": "<pad>",
         "chat_template": "[{{ bos_token }}|{{ eos_token }}|{{ pad_token }}]"}""");

    String rendered = template().render(List.of(), PromptOptions.ANSWER);

    assertThat(rendered).isEqualTo("[|7|<pad>]");
  }

  @Test
  void aTemplateThatLeavesTheQuestionOutIsRefused() throws IOException {
    write("chat_template.jinja", "{% for m in messages[:-1] %}{{ m.content }}{% endfor %}ok:");

    assertThatThrownBy(() -> prompt(Message.user("first"), Message.user("last")))
        .isInstanceOf(Problem.class)
        .hasMessage("chat template 'chat_template.jinja' leaves out the question");
  }

  @Test
  void aTemplateMayChangeTheQuestion() throws IOException {
    write("chat_template.jinja", "{% for m in messages %}{{ m.content|upper }}{% endfor %}");

    assertThat(prompt(Message.user(" hi ")).text()).isEqualTo(" HI ");
    assertThat(prompt(Message.user(""), Message.assistant("x")).text()).isEqualTo("X");
  }

  private Prompt prompt(Message... messages) {
    Path demo = Path.of("src/model/checkpoint");
    try (Tokenizer tokenizer = Tokenizer.open(demo, "")) {
      return new PromptWriter(tokenizer, template()).write(List.of(messages), PromptOptions.ANSWER);
    }
  }
}
