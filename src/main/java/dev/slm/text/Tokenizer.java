package dev.slm.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.slm.base.Problem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Turns text into token ids and back, exactly as the model's own tokenizer does, with one
 * difference: tokens that steer the model are only found in what a template wrote. Safe to use from
 * several threads.
 */
public final class Tokenizer implements AutoCloseable {
  public static final String FILE_NAME = "tokenizer.json";

  static {
    // before the library's first class: it would ask the network for another build of itself
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    // else its logger is looked for in every jar
    System.setProperty("slf4j.provider", "org.slf4j.nop.NOPServiceProvider");
    System.setProperty("slf4j.internal.verbosity", "WARN");
  }

  private final HuggingFaceTokenizer library;
  private final ControlTokens controls;
  private final Map<String, String> secretNames = new HashMap<>();
  private final Map<Integer, AddedToken> controlById = new HashMap<>();
  private final Map<Integer, Integer> idOfNative = new HashMap<>();
  private final int[] prefix;
  private final int size;

  /**
   * Opens the tokenizer of a model folder.
   *
   * @param template the chat template: tokens that it spells steer the model, too
   */
  public static Tokenizer open(Path folder, String template) {
    Path path = folder.resolve(FILE_NAME);
    return new Tokenizer(TokenizerFile.read(path), template);
  }

  Tokenizer(TokenizerFile file, String template) {
    List<AddedToken> steering =
        file.added().stream().filter(token -> steers(token, template)).toList();
    String secret = UUID.randomUUID().toString();
    List<AddedToken> kept = new ArrayList<>();
    List<AddedToken> last = new ArrayList<>();
    for (AddedToken token : file.added()) {
      if (!steering.contains(token)) {
        kept.add(token);
        continue;
      }
      String name = "[" + secret + "." + controlById.size() + "]";
      secretNames.put(token.content(), name);
      controlById.put(token.id(), token);
      // a renamed token gets a new id: behind all others, so that theirs stay
      (file.isInVocabulary(token) ? last : kept).add(token.named(name));
    }
    kept.addAll(last);
    library = load(file, file.rewritten(kept));
    controls = new ControlTokens(steering);
    prefix = file.prefix().stream().mapToInt(Integer::intValue).toArray();
    size = file.size();
    findNativeIds(steering);
  }

  private static boolean steers(AddedToken token, String template) {
    String content = token.content();
    boolean plain = content.length() < 3 || content.chars().anyMatch(Character::isWhitespace);
    return token.special() || (!plain && template.contains(content));
  }

  private static HuggingFaceTokenizer load(TokenizerFile file, byte[] json) {
    Map<String, String> options =
        Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "false");
    try {
      return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options);
    } catch (IOException e) {
      throw file.mistake("the file", "cannot be read").causedBy(e);
    } catch (LinkageError e) {
      throw Problem.failed("the tokenizer library does not load on this machine")
          .why(Printable.of(String.valueOf(e.getMessage())))
          .next("doctor")
          .causedBy(e);
    } catch (RuntimeException e) {
      String reason = e.getMessage() == null ? "not a tokenizer" : Printable.of(e.getMessage());
      throw file.mistake("the file", "is not a tokenizer").why(reason).causedBy(e);
    }
  }

  private void findNativeIds(List<AddedToken> steering) {
    for (AddedToken token : steering) {
      long[] ids = nativeIds(secretNames.getOrDefault(token.content(), ""));
      if (ids.length != 1) {
        throw Problem.badFile(
            "'" + FILE_NAME + "': the token '" + Printable.of(token.content()) + "' is not one");
      }
      idOfNative.put((int) ids[0], token.id());
    }
  }

  /** One more than the highest id. */
  public int size() {
    return size;
  }

  /** The ids of plain text; nothing in it steers the model. */
  public int[] encode(String text) {
    return ids(ControlTokens.withoutGuards(text));
  }

  /** The ids of a text to be continued: those of plain text behind the model's beginning token. */
  public int[] encodeCompletion(String text) {
    return withBeginning(encode(text));
  }

  /** Ids behind the token with which the model's texts begin, unless it is there. */
  int[] withBeginning(int[] ids) {
    if (Arrays.mismatch(prefix, ids) == prefix.length) {
      return ids;
    }
    int[] all = Arrays.copyOf(prefix, prefix.length + ids.length);
    System.arraycopy(ids, 0, all, prefix.length, ids.length);
    return all;
  }

  /** The ids of a rendered template, in which messages are {@link #guarded}. */
  public int[] encodePrompt(String rendered) {
    StringBuilder text = new StringBuilder(rendered.length() + 256);
    for (int i = 0; i < rendered.length(); ) {
      AddedToken token = controls.at(rendered, i);
      if (token == null) {
        text.append(rendered.charAt(i++));
      } else {
        text.append(secretNames.get(token.content()));
        i += token.content().length();
      }
    }
    return ids(ControlTokens.withoutGuards(text.toString()));
  }

  /** What people or tools wrote, as it may go into a template. */
  public String guarded(String text) {
    return controls.guarded(text, false);
  }

  /** What the model wrote, as it may go into a template: its marks of reasoning stay. */
  public String guardedAnswer(String text) {
    return controls.guarded(text, true);
  }

  /** The text of ids, without tokens that are never shown. */
  public String decode(int[] ids) {
    TextStream stream = stream();
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(stream.accept(id));
    }
    return text.append(stream.finish()).toString();
  }

  /** The text of one id for listings of probabilities; that of a part of a character is "�". */
  public String text(int id) {
    AddedToken control = controlById.get(id);
    return control != null ? control.content() : decodeOrdinary(new int[] {id});
  }

  /** The id of a token that steers the model. */
  public OptionalInt controlId(String content) {
    return controlById.values().stream()
        .filter(token -> token.content().equals(content))
        .mapToInt(AddedToken::id)
        .findAny();
  }

  /** A new decoder of one answer. */
  public TextStream stream() {
    return new TextStream(this);
  }

  @Nullable AddedToken control(int id) {
    return controlById.get(id);
  }

  String decodeOrdinary(int[] ids) {
    return library.decode(Arrays.stream(ids).asLongStream().toArray(), false);
  }

  private int[] ids(String text) {
    long[] found = nativeIds(wellFormed(text));
    int[] ids = new int[found.length];
    for (int i = 0; i < ids.length; i++) {
      int id = (int) found[i];
      ids[i] = idOfNative.getOrDefault(id, id);
    }
    return ids;
  }

  private long[] nativeIds(String text) {
    if (text.isEmpty()) {
      return new long[0];
    }
    try {
      return library.encode(text, false, false).getIds();
    } catch (RuntimeException e) {
      // some mistakes of the file show only in a text, such as a token for unknown ones that is
      // itself unknown
      throw Problem.badFile("'" + FILE_NAME + "' cannot turn this text into tokens")
          .why(Printable.of(String.valueOf(e.getMessage())))
          .causedBy(e);
    }
  }

  /** Half a surrogate pair has no UTF-8. */
  private static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return new String(text.getBytes(StandardCharsets.UTF_16), StandardCharsets.UTF_16);
      }
    }
    return text;
  }

  @Override
  public void close() {
    library.close();
  }
}
