package dev.slm.session;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.model.FinishReason;
import dev.slm.model.GenerationSettings;
import dev.slm.text.PromptOptions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** The state of one shell: the model it talks to, the conversation, and what was set. */
public final class Session {
  private final LoadedModels models;
  private final GenerationOverrides overrides = new GenerationOverrides();
  private Conversation conversation = new Conversation();
  private Optional<String> model = Optional.empty();
  private LoadRequest request = LoadRequest.DEFAULT;
  private PromptOptions options = PromptOptions.ANSWER;
  private int retries;

  /**
   * An answer with the state of the context behind it.
   *
   * @param contextTokens tokens that prompt and answer take
   */
  public record Exchange(Answer answer, int contextTokens, int contextLength) {}

  public Session(LoadedModels models) {
    this.models = models;
  }

  public LoadedModels models() {
    return models;
  }

  /** The full name of the model that questions go to. */
  public Optional<String> model() {
    return model;
  }

  public Conversation conversation() {
    return conversation;
  }

  public void conversation(Conversation other) {
    conversation = other;
  }

  /** Keeps the conversation's KV cache in a file and says how many tokens it holds. */
  public int saveCache(Path file, Progress progress) {
    try (Lease lease = lease(progress)) {
      return lease.model().saveCache(conversation.said(), file, progress);
    }
  }

  /** Takes the conversation's KV cache from a file and says how many tokens it holds. */
  public int restoreCache(Path file, Progress progress) {
    try (Lease lease = lease(progress)) {
      return lease.model().restoreCache(conversation.said(), file);
    }
  }

  /** Leaves what was said and set behind. */
  public void begin() {
    conversation = new Conversation();
    overrides.clear();
    thinking(Optional.empty());
    retries = 0;
  }

  /** What a person set of the generation settings. */
  public GenerationOverrides overrides() {
    return overrides;
  }

  /** Whether a model thinks first that can do both; empty leaves it to the model. */
  public void thinking(Optional<Boolean> wanted) {
    options =
        wanted
            .map(value -> PromptOptions.ANSWER.with(ChatModel.THINKING, value))
            .orElse(PromptOptions.ANSWER);
  }

  /** What {@link #thinking} was set to. */
  public Optional<Boolean> thinking() {
    return Optional.ofNullable((Boolean) options.arguments().get(ChatModel.THINKING));
  }

  /** Loads a model and talks to it from now on; the conversation goes on with it. */
  public void load(String name, LoadRequest how, Progress progress) {
    if (models.fullName(name).isPresent() && !models.isLoadedAs(name, how, progress)) {
      var _ = models.unload(name, false, progress);
    }
    try (Lease lease = models.lease(name, how, progress)) {
      lease.model().notes().forEach(progress::warn);
      model = Optional.of(lease.model().name());
      request = how;
    }
  }

  /** Takes a model out of memory. False when it was not there. */
  public boolean unload(String name, Progress progress) {
    Optional<String> full = models.fullName(name);
    boolean unloaded = models.unload(name, true, progress);
    if (full.isPresent() && full.equals(model)) {
      model = Optional.empty();
    }
    return unloaded;
  }

  /** The model to use, loaded again if it left memory meanwhile. */
  public Lease lease(Progress progress) {
    String name =
        model.orElseThrow(() -> Problem.usage("no model is loaded").next("model run slm-demo"));
    return models.lease(name, request, progress);
  }

  /** The settings that the next answer gets. */
  public GenerationSettings settings(ChatModel of) {
    return overrides.apply(of.defaults());
  }

  /**
   * Asks a question within the conversation. What was said is kept when the answer is cancelled;
   * when the context is full, the oldest turns are left out and the progress is told so.
   */
  public Exchange ask(String question, AnswerListener listener, Progress progress) {
    retries = 0;
    return exchange(question, listener, progress);
  }

  /** Asks the last question again, or another one in its place. */
  public Exchange retry(Optional<String> other, AnswerListener listener, Progress progress) {
    Turn last =
        conversation
            .undo()
            .orElseThrow(() -> Problem.usage("nothing was asked yet").next("ask something"));
    retries++;
    int before = conversation.turns().size();
    try {
      return exchange(other.orElse(last.question()), listener, progress);
    } finally {
      if (conversation.turns().size() == before) {
        // nothing came in its place
        conversation.add(last);
      }
    }
  }

  private Exchange exchange(String question, AnswerListener listener, Progress progress) {
    try (Lease lease = lease(progress)) {
      ChatModel chat = lease.model();
      GenerationSettings settings = reseeded(settings(chat));
      ContextFit fit = ContextFit.of(chat, conversation, question, settings.maxTokens(), options);
      if (fit.forgotten() > 0) {
        progress.warn(forgot(fit.forgotten(), chat.contextLength()));
      }
      ChatRequest asked = new ChatRequest(fit.messages(), settings, options);
      Answer answer = chat.answer(asked, listener, progress);
      if (!answer.text().isEmpty() || answer.reason() != FinishReason.CANCELLED) {
        conversation.add(Turn.of(question, answer));
      }
      int used = fit.promptTokens() + answer.timings().answerTokens();
      return new Exchange(answer, used, chat.contextLength());
    }
  }

  /** With a fixed seed the same question gets the same answer; people who retry want another. */
  private GenerationSettings reseeded(GenerationSettings settings) {
    OptionalLong seed = settings.seed();
    return seed.isPresent() && retries > 0
        ? settings.withSeed(seed.getAsLong() + retries)
        : settings;
  }

  private static String forgot(int turns, int length) {
    String oldest = turns == 1 ? "the oldest turn is" : "the " + turns + " oldest turns are";
    return "the context of %,d tokens is full: %s no longer sent to the model; /clear begins anew"
        .formatted(length, oldest);
  }
}
