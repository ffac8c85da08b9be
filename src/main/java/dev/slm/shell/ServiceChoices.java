package dev.slm.shell;

import dev.slm.base.Settings;
import dev.slm.serve.ServiceOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The options of a service, as typed, set and left to their defaults. */
record ServiceChoices(Settings settings, Map<String, String> environment) {
  static CommandSpec.Builder declare(CommandSpec.Builder command) {
    return command
        .group(ServiceCommands.GROUP)
        .option(
            "--port",
            "PORT",
            "the port, 5273 unless set; 0 takes a free one",
            Values.whole(0, 65_535))
        .option("--host", "ADDRESS", "the address to listen on, 127.0.0.1 unless set", Values.any())
        .option("--api-key", "KEY", "what clients have to send; or SLM_API_KEY", Values.any())
        .option(
            "--allowed-host", "NAMES", "further names under which clients reach it", Values.any())
        .option("--cors", "ORIGINS", "web pages whose scripts may use it", Values.any())
        .flag("--allow-admin", "clients of other machines may load and download models")
        .option("--parallel", "N", "answers at a time, 2 unless set", Values.whole(1, 64))
        .option(
            "--idle-timeout",
            "MINUTES",
            "end when nobody asks for so long; 0 is never",
            Values.whole(0, 100_000));
  }

  ServiceOptions read(Call call) {
    Optional<String> key =
        call.option("api-key")
            .or(() -> Optional.ofNullable(environment.get("SLM_API_KEY")))
            .filter(text -> !text.isBlank());
    return new ServiceOptions(
        call.option("host").orElseGet(() -> settings.get(Settings.SERVICE_HOST)),
        call.whole("port", settings.get(Settings.SERVICE_PORT)),
        key,
        names(call.option("allowed-host")),
        names(call.option("cors")),
        call.flag("allow-admin"),
        call.whole("parallel", ServiceOptions.DEFAULT.slots()),
        ServiceOptions.DEFAULT.queue(),
        ServiceOptions.DEFAULT.grace(),
        Duration.ofMinutes(call.whole("idle-timeout", 0)));
  }

  private static Set<String> names(Optional<String> list) {
    return list.stream()
        .flatMap(text -> Arrays.stream(text.split(",")))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toSet());
  }
}
