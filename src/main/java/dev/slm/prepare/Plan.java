package dev.slm.prepare;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a quantization will do, known before it begins.
 *
 * @param family the architecture that the checkpoint is of
 * @param place folder whose disk it needs
 * @param sourceBytes weights of the checkpoint
 * @param resultBytes files of the result
 * @param diskNeeded most bytes on the disk at one time
 * @param memoryNeeded most memory at one time
 * @param notes what runs in which type, and other things to know
 * @param quality how the quality will be measured
 */
public record Plan(
    QuantizeRequest request,
    String family,
    long parameters,
    Path place,
    long sourceBytes,
    long resultBytes,
    long diskNeeded,
    long diskFree,
    long memoryNeeded,
    long memoryFree,
    Duration time,
    List<String> notes,
    QualityPlan quality) {
  public Plan {
    notes = List.copyOf(notes);
  }

  /** The same plan with one thing more to know. */
  Plan noting(String note) {
    List<String> more = new ArrayList<>(notes);
    more.add(note);
    return new Plan(
        request,
        family,
        parameters,
        place,
        sourceBytes,
        resultBytes,
        diskNeeded,
        diskFree,
        memoryNeeded,
        memoryFree,
        time,
        more,
        quality);
  }
}
