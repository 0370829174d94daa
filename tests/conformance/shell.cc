#include "tests/conformance/shell.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "runtime/base/text.h"
#include "tests/conformance/child.h"

extern char** environ;

namespace sluice::conformance {
namespace {

struct Running {
  pid_t pid = -1;
  int output = -1;
};

StatusOr<Running> Spawn(const std::string& command, const Environment& more) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return ConnectError(StrCat("pipe: ", std::strerror(errno)));
  std::vector<std::string> settings;
  for (const auto& [key, value] : more) settings.push_back(StrCat(key, "=", value));
  std::vector<char*> variables;
  for (std::string& setting : settings) variables.push_back(setting.data());
  for (char** one = environ; *one != nullptr; ++one) variables.push_back(*one);
  variables.push_back(nullptr);
  std::string text = command;
  char shell[] = "sh", flag[] = "-c";
  char* arguments[] = {shell, flag, text.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  Running running;
  const int failed =
      posix_spawn(&running.pid, "/bin/sh", &actions, nullptr, arguments, variables.data());
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  running.output = ends[0];
  if (failed == 0) return running;
  close(ends[0]);
  return ConnectError(StrCat("/bin/sh: ", std::strerror(failed)));
}

// Until the command closes its output, or, with `a_line`, has written one. False: too late.
bool ReadOutput(int from, bool a_line, milliseconds deadline, std::string& out) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  char block[4096];
  while (!a_line || out.find('\n') == std::string::npos) {
    const auto left =
        std::chrono::ceil<milliseconds>(end - std::chrono::steady_clock::now()).count();
    pollfd ready{from, POLLIN, 0};
    if (left <= 0 || poll(&ready, 1, static_cast<int>(left)) == 0) return false;
    const ssize_t got = read(from, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return true;
    out.append(block, static_cast<size_t>(got));
  }
  return true;
}

}  // namespace

StatusOr<std::string> RunShell(const std::string& command, const Environment& more,
                               milliseconds deadline) {
  SLUICE_ASSIGN_OR_RETURN(const Running running, Spawn(command, more));
  std::string out;
  const bool in_time = ReadOutput(running.output, false, deadline, out);
  close(running.output);
  if (!in_time) kill(running.pid, SIGKILL);
  int status = 0;
  while (waitpid(running.pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!in_time) {
    return ConnectError(StrCat("took longer than ", deadline.count(), " ms: ", command));
  }
  if (status != 0) return ConnectError(StrCat(DeathOf(status), " of: ", command));
  return out;
}

StatusOr<std::string> StartService(const std::string& command, const Environment& more,
                                   milliseconds deadline) {
  SLUICE_ASSIGN_OR_RETURN(const Running running, Spawn(command, more));
  std::string out;
  // Its output stays open: a service that writes more must not die of it.
  const bool in_time = ReadOutput(running.output, true, deadline, out);
  const size_t line = out.find('\n');
  if (!in_time || line == std::string::npos) {
    return ConnectError(StrCat("wrote no line within ", deadline.count(), " ms: ", command));
  }
  return out.substr(0, line);
}

}  // namespace sluice::conformance
