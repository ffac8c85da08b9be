package dev.slm.shell;

import java.util.List;

/** The commands of one area. */
public interface CommandGroup {
  List<CommandSpec> commands();
}
