package dev.slm.session;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.engine.Engine;
import dev.slm.engine.LoadSettings;
import dev.slm.engine.LoadedModel;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Message;
import dev.slm.text.ChatTemplate;
import dev.slm.text.ChatTemplates;
import dev.slm.text.Prompt;
import dev.slm.text.PromptOptions;
import dev.slm.text.PromptTemplate;
import dev.slm.text.PromptWriter;
import dev.slm.text.ReasoningMarks;
import dev.slm.text.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A model folder in memory that answers conversations: its tokenizer, its chat template, its
 * weights in an engine, and how its makers want it to answer. Safe to use from several threads.
 */
public final class ChatModel implements AutoCloseable {
  /** What templates call the switch for thinking. */
  static final String THINKING = "enable_thinking";

  private final String name;
  private final Path folder;
  private final LoadedModel loaded;
  private final Tokenizer tokenizer;
  private final ChatTemplate template;
  private final PromptWriter writer;
  private final @Nullable ReasoningMarks marks;
  private final GenerationDefaults defaults;
  private final SequencePool sequences;
  private final KeptCaches keptCaches;
  private final ReadWriteLock running = new ReentrantReadWriteLock();
  private volatile boolean stopping;

  /**
   * Loads a folder.
   *
   * @param name what people call the model
   * @param family the patterns of the model's family, for a folder without a chat template
   */
  public static ChatModel open(
      String name,
      Path folder,
      Supplier<List<PromptTemplate>> family,
      Engine engine,
      LoadSettings settings,
      Progress progress) {
    ChatTemplate template = ChatTemplates.of(folder, family);
    GenerationDefaults defaults = GenerationDefaults.of(folder);
    // a large vocabulary takes as long as half of the weights
    Background<Tokenizer> tokenizer =
        Background.of("slm-tokenizer", () -> Tokenizer.open(folder, template.text()));
    LoadedModel loaded;
    try {
      loaded = engine.load(folder, settings, progress);
    } catch (RuntimeException | Error e) {
      tokenizer.discard(Tokenizer::close);
      throw e;
    }
    try {
      ChatModel model = new ChatModel(name, folder, loaded, tokenizer.get(), template, defaults);
      loaded.settle();
      return model;
    } catch (RuntimeException | Error e) {
      tokenizer.discard(Tokenizer::close);
      loaded.close();
      throw e;
    }
  }

  private ChatModel(
      String name,
      Path folder,
      LoadedModel loaded,
      Tokenizer tokenizer,
      ChatTemplate template,
      GenerationDefaults defaults) {
    this.name = name;
    this.folder = folder;
    this.loaded = loaded;
    this.tokenizer = tokenizer;
    this.template = template;
    this.defaults = defaults;
    writer = new PromptWriter(tokenizer, template);
    marks = ReasoningMarks.of(template.text()).orElse(null);
    sequences = new SequencePool(loaded);
    keptCaches = new KeptCaches(loaded, sequences);
  }

  public String name() {
    return name;
  }

  public Path folder() {
    return folder;
  }

  /** The engine that holds the weights. */
  public String engine() {
    return loaded.engine();
  }

  /** The model as the engine has it: token ids in, token ids out. */
  public LoadedModel loaded() {
    return loaded;
  }

  public Tokenizer tokenizer() {
    return tokenizer;
  }

  public ChatTemplate template() {
    return template;
  }

  /** One more than the highest token id. */
  public int vocabularySize() {
    return loaded.vocabularySize();
  }

  /** The file that the chat template comes from. */
  public String templateSource() {
    return template.source();
  }

  public String templateText() {
    return template.text();
  }

  /** What the model gets for a conversation, as text. */
  public String promptText(List<Message> messages) {
    return prompt(messages, PromptOptions.ANSWER).text();
  }

  public int contextLength() {
    return loaded.contextLength();
  }

  /** How the model's makers want it to answer. */
  public GenerationSettings defaults() {
    return defaults.settings();
  }

  /** What in the model's files was not used, a sentence each. */
  public List<String> notes() {
    return defaults.notes();
  }

  /** Whether the model writes reasoning before its answer. */
  public boolean reasons() {
    return marks != null;
  }

  /** Whether people can choose that it thinks first. */
  public boolean canSwitchThinking() {
    return template.text().contains(THINKING);
  }

  /** Bytes of weights and of the KV caches that are kept for the next turn. */
  public long memoryBytes() {
    return loaded.weightBytes() + sequences.memory();
  }

  /** The prompt of a conversation, as text and as ids. */
  public Prompt prompt(List<Message> messages, PromptOptions options) {
    return writer.write(messages, options);
  }

  /** Tokens that a conversation takes, with the beginning of its answer. */
  public int countTokens(List<Message> messages) {
    return prompt(messages, PromptOptions.ANSWER).ids().length;
  }

  public int countTokens(String text) {
    return tokenizer.encode(text).length;
  }

  /** Answers to the last message. */
  public Answer answer(
      List<Message> messages,
      GenerationSettings settings,
      AnswerListener listener,
      Progress progress) {
    return answer(ChatRequest.of(messages, settings), listener, progress);
  }

  /**
   * Answers to a request. Ends early when the progress is cancelled: the answer then has what was
   * said so far and its reason is {@code CANCELLED}.
   */
  public Answer answer(ChatRequest request, AnswerListener listener, Progress progress) {
    return whileOpen(
        () -> {
          Prompt prompt = prompt(request.messages(), request.options());
          GenerationSettings settings = request.settings();
          AnswerText text = new AnswerText(tokenizer, settings, marks, prompt.text(), listener);
          return generate(prompt.ids(), settings, text, progress);
        });
  }

  /** Continues a text that is not a conversation. */
  public Answer complete(
      String text, GenerationSettings settings, AnswerListener listener, Progress progress) {
    return whileOpen(
        () -> {
          AnswerText answer = new AnswerText(tokenizer, settings, null, text, listener);
          return generate(tokenizer.encodeCompletion(text), settings, answer, progress);
        });
  }

  /**
   * Keeps the KV cache of a conversation in a file and says how many tokens it holds. Computes what
   * is not in memory; nothing of other conversations gets into the file.
   */
  public int saveCache(List<Message> said, Path file, Progress progress) {
    Progress stoppable = new StoppableProgress(progress, () -> stopping);
    return whileOpen(() -> keptCaches.save(ids(said), file, stoppable));
  }

  /**
   * Takes the KV cache of a conversation from a file, so that its next turn computes only what is
   * new, and says how many tokens it holds; refuses a damaged one and another model's.
   */
  public int restoreCache(List<Message> said, Path file) {
    return whileOpen(() -> keptCaches.restore(ids(said), file));
  }

  private int[] ids(List<Message> said) {
    return prompt(said, PromptOptions.NOTHING_MORE).ids();
  }

  private <T> T whileOpen(Supplier<T> work) {
    running.readLock().lock();
    try {
      if (stopping) {
        throw Problem.of(Problem.Status.BUSY, "'" + name + "' was unloaded")
            .next("model load " + name);
      }
      return work.get();
    } finally {
      running.readLock().unlock();
    }
  }

  private Answer generate(
      int[] prompt, GenerationSettings settings, AnswerText text, Progress progress) {
    settings.checked();
    if (prompt.length >= loaded.contextLength()) {
      throw Problem.usage(
              "the prompt has %,d tokens, the context of '%s' %,d"
                  .formatted(prompt.length, name, loaded.contextLength()))
          .next("shorten it or take a model with a longer context");
    }
    SequencePool.Held held = sequences.take(prompt);
    try {
      Progress stoppable = new StoppableProgress(progress, () -> stopping);
      return text.answer(held.sequence().generate(prompt, settings, text, stoppable));
    } finally {
      held.holds(joined(prompt, text.ids()));
      sequences.give(held);
    }
  }

  private static int[] joined(int[] prompt, int[] answer) {
    int[] all = Arrays.copyOf(prompt, prompt.length + answer.length);
    System.arraycopy(answer, 0, all, prompt.length, answer.length);
    return all;
  }

  /** Ends running answers as if they were cancelled; there are no more after this. */
  public void stop() {
    stopping = true;
  }

  /** Ends running answers, waits for them, then frees all memory. */
  @Override
  public void close() {
    stop();
    // native memory must not go while a thread is in it
    running.writeLock().lock();
    try {
      sequences.close();
      loaded.close();
      tokenizer.close();
    } finally {
      running.writeLock().unlock();
    }
  }
}
