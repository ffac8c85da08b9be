package dev.slm.session;

/** The right to use a model: it is not closed before the lease is. */
public interface Lease extends AutoCloseable {
  ChatModel model();

  @Override
  void close();
}
