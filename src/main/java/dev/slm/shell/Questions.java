package dev.slm.shell;

import dev.slm.base.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The question of a command that asks once: what is piped into it, then what stands in its line.
 */
final class Questions {
  /** A program that starts this one may never end what it could pipe. */
  private static final Executor AFTER_A_WHILE =
      CompletableFuture.delayedExecutor(2, TimeUnit.SECONDS);

  private Questions() {}

  /** The question, or none when it is to be asked at the keyboard or was none of this command. */
  static Optional<String> of(Call call) {
    Optional<String> line = inLine(call);
    boolean isPiped =
        // the lines of a script are commands
        ChatInput.unheard(call.input()) instanceof StreamInput stream
            && !stream.isInteractive()
            && (line.isEmpty() || !stream.isTyped());
    if (!isPiped) {
      return line;
    }
    String piped = piped(call, line.isPresent());
    if (line.isEmpty() && piped.isEmpty()) {
      throw Problem.usage("standard input is empty").next("model run NAME --prompt TEXT");
    }
    return Optional.of(
        Stream.of(piped, line.orElse(""))
            .filter(part -> !part.isEmpty())
            .collect(Collectors.joining("\n\n")));
  }

  private static Optional<String> inLine(Call call) {
    List<String> words = call.arguments("TEXT");
    Optional<String> prompt = call.option("prompt");
    if (prompt.isPresent() && !words.isEmpty()) {
      throw Problem.usage("'" + words.getFirst() + "' and '--prompt' both are a question");
    }
    return prompt.or(() -> Optional.of(String.join(" ", words)).filter(text -> !text.isBlank()));
  }

  private static String piped(Call call, boolean hasQuestion) {
    CompletableFuture<Void> isRead = new CompletableFuture<>();
    AFTER_A_WHILE.execute(
        () -> {
          if (!isRead.isDone()) {
            call.screen().note("reading standard input to its end; '< /dev/null' leaves it out");
          }
        });
    List<String> lines = new ArrayList<>();
    for (Optional<String> line = call.input().line("");
        line.isPresent();
        line = call.input().line("")) {
      lines.add(line.get());
    }
    isRead.complete(null);
    String text = String.join("\n", lines).strip();
    if (hasQuestion && !text.isEmpty()) {
      call.screen().note("%,d characters of standard input come first".formatted(text.length()));
    }
    return text;
  }
}
