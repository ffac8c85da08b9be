package dev.slm.model;

/** Why an answer ended. */
public enum FinishReason {
  /** the model said it was done, or a stop string came */
  STOP,
  /** the limit of tokens for this answer was reached */
  LENGTH,
  /** no room was left in the model's context */
  CONTEXT,
  /** the person or client did not want more */
  CANCELLED
}
