package dev.slm.shell;

/** One line of {@code status}: what, and how it is. */
public record Fact(String name, String value) {}
