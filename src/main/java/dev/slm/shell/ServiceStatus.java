package dev.slm.shell;

import dev.slm.base.Problem;
import dev.slm.serve.ServiceClient;
import dev.slm.serve.ServiceState;
import dev.slm.serve.StatusAnswer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Says whether a service runs, and what is in its memory. */
final class ServiceStatus {
  private ServiceStatus() {}

  static CommandSpec command(Folders folders) {
    return CommandSpec.named("service status")
        .aliases("server status")
        .group(ServiceCommands.GROUP)
        .says("Says where the service runs; exit status 1 when it does not.")
        .json()
        .runs(
            call -> {
              if (call.flag("json")) {
                call.screen().json(fields(ServiceState.await(folders.state())));
                return;
              }
              StatusAnswer answer = StatusAnswer.now(false, folders.state());
              if (answer.exitStatus() != 0) {
                throw Problem.failed("the service is not running").next("service start");
              }
              call.screen().line(answer.text());
            });
  }

  private static Map<String, Object> fields(Optional<ServiceState> state) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("running", state.isPresent());
    state.ifPresent(
        s -> {
          fields.put("pid", s.pid());
          fields.put("url", s.url());
          fields.put("port", s.port());
          s.since().ifPresent(time -> fields.put("started", time.toString()));
        });
    return fields;
  }

  static CommandSpec loaded(Folders folders) {
    return CommandSpec.named("service ps")
        .aliases("ps", "server ps", "service list")
        .group(ServiceCommands.GROUP)
        .says("Lists the models in the service's memory.")
        .json()
        .runs(
            call -> {
              JsonNode list = new ServiceClient(reachable(folders)).loaded();
              if (call.flag("json")) {
                call.screen().json(list);
              } else if (list.isEmpty()) {
                call.screen().note("no models are loaded");
              } else {
                call.screen().table(LoadedTable.of(list));
              }
            });
  }

  private static ServiceState reachable(Folders folders) {
    return ServiceState.await(folders.state())
        .orElseThrow(
            () ->
                Problem.of(Problem.Status.UNREACHABLE, "the service is not running")
                    .next("service start"));
  }
}
