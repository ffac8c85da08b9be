package dev.slm.shell;

import dev.slm.base.DurableFile;
import dev.slm.base.Problem;
import dev.slm.base.Units;
import dev.slm.session.ConversationFile;
import dev.slm.session.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code /save} and {@code /load}: conversations on disk, with their KV cache if wanted. */
final class ConversationFiles {
  static final String WITH_CACHE = "--with-cache";

  private final Chat chat;
  private final Session session;

  ConversationFiles(Chat chat) {
    this.chat = chat;
    session = chat.session();
  }

  /** Paths, and behind one the option. */
  static List<Completion> offers(List<String> typed) {
    return typed.getLast().startsWith("-")
        ? List.of(Completion.of(WITH_CACHE))
        : Paths.complete(typed.getLast(), _ -> true);
  }

  /** {@code FILE [--with-cache]}, in any order; a name may hold blanks. */
  void save(String rest) {
    boolean withCache = (" " + rest + " ").contains(" " + WITH_CACHE + " ");
    Path file =
        file((" " + rest + " ").replace(" " + WITH_CACHE + " ", " ").strip(), "/save talk.json");
    if (session.conversation().isEmpty() && session.conversation().system().isEmpty()) {
      throw Problem.usage("nothing was said yet");
    }
    if (withCache && ConversationFile.isMarkdown(file)) {
      throw Problem.usage("'" + file + "' is Markdown, which cannot be loaded again")
          .next("/save talk.json " + WITH_CACHE);
    }
    ConversationFile.save(file, session.conversation(), session.model().orElse(""));
    chat.screen().note("saved " + turns() + " in '" + file + "'");
    Path cache = ConversationFile.cacheOf(file);
    if (withCache) {
      saveCache(cache);
    } else if (Files.exists(cache)) {
      forget(cache);
    }
  }

  /** It belongs to what this name held before. */
  private void forget(Path cache) {
    try {
      Files.delete(cache);
      chat.screen().note("removed the old cache '" + cache + "'");
    } catch (IOException e) {
      throw DurableFile.cannotWrite(cache, e);
    }
  }

  private void saveCache(Path file) {
    int tokens = session.saveCache(file, chat.call().progress());
    chat.screen()
        .note(
            "saved the cache of %,d tokens, %s, in '%s'"
                .formatted(tokens, Units.bytes(file.toFile().length()), file));
  }

  /** {@code FILE}. */
  void load(String rest) {
    Path file = file(rest, "/load talk.json");
    ConversationFile.Saved saved = ConversationFile.load(file);
    session.conversation(saved.conversation());
    chat.screen().note("loaded " + turns() + by(saved));
    saved
        .unanswered()
        .ifPresent(
            question ->
                chat.screen().note("the last question has no answer and is left out: " + question));
    Path cache = ConversationFile.cacheOf(file);
    if (Files.isRegularFile(cache)) {
      restore(cache);
    }
  }

  /** Without its cache the conversation goes on as well, after computing it again. */
  private void restore(Path cache) {
    try {
      int tokens = session.restoreCache(cache, chat.call().progress());
      chat.screen().note("%,d tokens need not be computed again".formatted(tokens));
    } catch (Problem problem) {
      chat.screen().warn("the saved cache is not used: " + problem.getMessage());
    }
  }

  /** Another model may answer from here on; people should know. */
  private String by(ConversationFile.Saved saved) {
    return saved
        .model()
        .filter(name -> !name.equals(session.model().orElse(name)))
        .map(name -> ", answered by " + name + "; now you talk to " + session.model().orElse(""))
        .orElse("");
  }

  private String turns() {
    int turns = session.conversation().turns().size();
    return turns == 1 ? "1 turn" : turns + " turns";
  }

  private static Path file(String typed, String example) {
    String name = typed.replaceAll("^([\"'])(.*)\\1$", "$2");
    if (name.isEmpty()) {
      throw Problem.usage("a file is needed").next(example);
    }
    return Paths.of(name);
  }
}
