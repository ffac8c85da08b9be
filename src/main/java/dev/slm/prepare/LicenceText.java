package dev.slm.prepare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a checkpoint's files say of its licence. */
final class LicenceText {
  private static final Pattern CARD_FIELD =
      Pattern.compile("(?m)^license:\\s*([A-Za-z0-9._-]{1,60})");
  private static final int MOST_BYTES = 1 << 20;

  private LicenceText() {}

  /** The identifier in the model card, or what the licence file begins with; empty for neither. */
  static String identifier(Path folder) {
    return text(folder.resolve("README.md"))
        .map(CARD_FIELD::matcher)
        .filter(Matcher::find)
        .map(found -> found.group(1))
        .or(() -> fromFile(folder))
        .orElse("");
  }

  private static Optional<String> fromFile(Path folder) {
    return Stream.of("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE")
        .flatMap(name -> text(folder.resolve(name)).stream())
        .flatMap(LicenceText::known)
        .findFirst();
  }

  private static Stream<String> known(String text) {
    String start = text.substring(0, Math.min(text.length(), 2000));
    if (start.contains("Apache License") && start.contains("Version 2.0")) {
      return Stream.of("apache-2.0");
    }
    boolean isMit =
        List.of("MIT License", "Permission is hereby granted").stream().anyMatch(start::contains);
    return isMit ? Stream.of("mit") : Stream.empty();
  }

  private static Optional<String> text(Path file) {
    try {
      return Files.isRegularFile(file) && Files.size(file) < MOST_BYTES
          ? Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // a licence that cannot be read is one that is not known
    }
  }
}
