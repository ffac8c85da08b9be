package dev.slm.measure;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.engine.Engines;
import dev.slm.engine.LoadSettings;
import dev.slm.model.GenerationSettings;
import dev.slm.session.ModelSource;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** Asks models the questions of a set and counts right answers. */
public final class Evaluation {
  private final Speaker.Source speakers;

  private Evaluation(Speaker.Source speakers) {
    this.speakers = speakers;
  }

  public static Evaluation here(ModelSource models, Engines engines, LoadSettings settings) {
    return new Evaluation(LocalSpeaker.source(models, engines, settings));
  }

  public static Evaluation at(URI endpoint, String key) {
    return new Evaluation(EndpointSpeaker.source(endpoint, key, false));
  }

  /** An answer and whether it was right. */
  public record Marked(String prompt, List<String> expected, String answer, boolean isRight) {}

  /**
   * A model's answers.
   *
   * @param failure why it could not be asked, empty when it was
   * @param questions how many it was to be asked
   */
  public record Score(String model, String failure, int questions, List<Marked> answers) {
    public Score {
      answers = List.copyOf(answers);
    }

    public int right() {
      return (int) answers.stream().filter(Marked::isRight).count();
    }

    /** Whether Ctrl-C came before the last question. */
    public boolean wasCut() {
      return failure.isEmpty() && answers.size() < questions;
    }

    /** Share of right answers, from 0 to 1. */
    public double share() {
      return answers.isEmpty() ? 0 : (double) right() / answers.size();
    }
  }

  /**
   * Asks every model every question, greedily; one that fails does not end the run. What was
   * answered before Ctrl-C is given back, with the last score cut short.
   */
  public List<Score> run(List<String> models, EvaluationSet set, int maxTokens, Progress progress) {
    List<Score> scores = new ArrayList<>();
    for (String model : models) {
      List<Marked> marked = new ArrayList<>();
      try {
        scores.add(score(model, set, maxTokens, marked, progress));
      } catch (Problem e) {
        boolean isNothingKept = scores.isEmpty() && marked.isEmpty();
        if (e.status() != Problem.Status.INTERRUPTED || isNothingKept) {
          throw e;
        }
        scores.add(new Score(model, "", set.questions().size(), marked));
        return scores;
      }
    }
    return scores;
  }

  private Score score(
      String model, EvaluationSet set, int maxTokens, List<Marked> marked, Progress progress) {
    int questions = set.questions().size();
    try (Speaker speaker = speakers.open(model, progress)) {
      progress.start("evaluate " + model, questions, Progress.Unit.ITEMS);
      for (EvaluationSet.Question question : set.questions()) {
        String answer =
            speaker.ask(question.prompt(), GenerationSettings.greedy(maxTokens), progress).answer();
        marked.add(
            new Marked(question.prompt(), question.expected(), answer, question.isRight(answer)));
        progress.advance(1);
      }
      return new Score(model, "", questions, marked);
    } catch (Problem e) {
      if (e.status() == Problem.Status.INTERRUPTED) {
        throw e;
      }
      progress.warn(model + " failed: " + e.what());
      return new Score(model, e.what(), questions, List.of());
    }
  }
}
