package dev.slm.shell;

import java.lang.reflect.Proxy;

/**
 * What the system tells a program, such as Ctrl-C. JLine can hear it, too, but begins with loggers:
 * that was a fifth of a short command's time. By name, because the compiler warns of each use of
 * these classes and no other classes can do it.
 */
final class Signals {
  private Signals() {}

  /** Runs an action for each signal of that name, on systems that have it. */
  static void register(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object runner =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  action.run();
                  return null;
                }
                return method.invoke(action, arguments);
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), runner);
    } catch (ReflectiveOperationException _) {
      // a system without that signal, or one that keeps it for itself
    }
  }
}
