package dev.slm.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.models.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI's own Java client. Runs with {@code ./mvnw -Pclients test -Dtest=OpenAiJavaTest}. */
class OpenAiJavaTest {
  private static final String TEXT = "List every model with its size.";

  private TestService service;
  private OpenAIClient client;

  @BeforeEach
  void start(@TempDir Path folder) {
    service = TestService.start(folder);
    service.say(TEXT);
    client =
        OpenAIOkHttpClient.builder()
            .baseUrl(service.service().url() + "/v1")
            .apiKey("not-needed")
            .maxRetries(0)
            .build();
  }

  @AfterEach
  void stop() {
    client.close();
    service.close();
  }

  @Test
  void itChats() {
    ChatCompletion answer = client.chat().completions().create(question().build()).validate();

    assertThat(answer.choices().getFirst().message().content()).contains(TEXT);
    assertThat(answer.choices().getFirst().finishReason())
        .isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
    assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(service.tokens(TEXT));
  }

  @Test
  void itStreams() {
    ChatCompletionCreateParams params =
        question()
            .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
            .build();
    List<ChatCompletionChunk> chunks = new ArrayList<>();
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(params)) {
      stream.stream().forEach(chunk -> chunks.add(chunk.validate()));
    }

    StringBuilder text = new StringBuilder();
    chunks.stream()
        .flatMap(chunk -> chunk.choices().stream())
        .forEach(choice -> choice.delta().content().ifPresent(text::append));
    assertThat(text).hasToString(TEXT);
    assertThat(chunks.getLast().usage().orElseThrow().completionTokens())
        .isEqualTo(service.tokens(TEXT));
  }

  @Test
  void itContinuesAText() {
    Completion answer =
        client
            .completions()
            .create(
                CompletionCreateParams.builder()
                    .model(TestService.MODEL)
                    .prompt("Hello")
                    .maxTokens(3)
                    .build());

    assertThat(answer.choices().getFirst().finishReason())
        .hasToString("length");
  }

  @Test
  void itListsModels() {
    assertThat(client.models().list().data())
        .extracting(Model::id)
        .containsExactly(TestService.MODEL);
    assertThat(client.models().retrieve(TestService.MODEL).validate().id())
        .isEqualTo(TestService.MODEL);
  }

  @Test
  void itUnderstandsErrors() {
    assertThatExceptionOfType(BadRequestException.class)
        .isThrownBy(() -> client.chat().completions().create(question().n(2).build()))
        .satisfies(error -> assertThat(error.param()).contains("n"));
    assertThatExceptionOfType(NotFoundException.class)
        .isThrownBy(() -> client.chat().completions().create(question().model("none").build()))
        .satisfies(error -> assertThat(error.code()).contains("model_not_found"));
  }

  private static ChatCompletionCreateParams.Builder question() {
    return ChatCompletionCreateParams.builder().model(TestService.MODEL).addUserMessage("Hello");
  }
}
