/**
 * A small, strict HTTP/1.1 server on virtual threads that knows nothing of models. Why not the
 * JDK's own: src/docs/decisions/0005-own-http-server.md.
 */
@NullMarked
package dev.slm.serve.http;

import org.jspecify.annotations.NullMarked;
