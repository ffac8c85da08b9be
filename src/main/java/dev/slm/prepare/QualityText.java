package dev.slm.prepare;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What models are compared on: the user's own texts, those that the checkpoint brings, or those of
 * this program.
 *
 * @param source what reports call it
 */
record QualityText(String source, List<Passage> passages) {
  /** A file in a checkpoint's folder with texts that are fit for it. */
  static final String FILE_NAME = "slm_calibration.jsonl";

  private static final String CONVERSATIONS = "quality.jsonl";
  private static final String TEXTS = "quality.txt";

  /** Longer passages cost memory and tell nothing new. */
  private static final int MOST_PASSAGE_TOKENS = 384;

  QualityText {
    passages = List.copyOf(passages);
  }

  /** The texts for a request, whose model may have been trained on conversations or not. */
  static QualityText of(QuantizeRequest request, boolean isChatModel) {
    Path own = request.source().folder().resolve(FILE_NAME);
    Optional<Path> file =
        request.calibration().or(() -> Optional.of(own).filter(Files::isRegularFile));
    return file.map(QualityText::read).orElseGet(() -> shipped(isChatModel));
  }

  /** Conversations for chat models, running text for others: each is measured on what it does. */
  static QualityText shipped(boolean isChatModel) {
    String name = isChatModel ? CONVERSATIONS : TEXTS;
    try (InputStream in = QualityText.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from the program");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new QualityText("built-in", CalibrationFile.parse(name, text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static QualityText read(Path file) {
    return new QualityText(file.getFileName().toString(), CalibrationFile.read(file));
  }

  /** Where the passages come from, and what of them is scored. */
  String describe() {
    long chats = passages.stream().filter(Passage.Chat.class::isInstance).count();
    if (chats == 0) {
      return source + " texts";
    }
    return chats == passages.size()
        ? "the answers in " + source + " conversations"
        : "the texts and answers in " + source;
  }

  /** The beginnings of passages that are compared. */
  static List<Sample> limited(List<Sample> samples, int mostTokens, int mostCounted) {
    List<Sample> all = new ArrayList<>();
    int tokensLeft = mostTokens;
    int countedLeft = mostCounted;
    for (Sample sample : samples) {
      Sample limited = sample.limited(Math.min(MOST_PASSAGE_TOKENS, tokensLeft), countedLeft);
      if (limited.counted() > 0) {
        all.add(limited);
        tokensLeft -= limited.length();
        countedLeft -= limited.counted();
      }
    }
    return all;
  }
}
