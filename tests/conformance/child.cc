#include "tests/conformance/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>

#include "runtime/base/text.h"

namespace sluice::conformance {
namespace {

constexpr size_t kStepMax = 200;

// Shared with the children: the last step outlives them.
char* StepPlace() {
  static char* const place = [] {
    void* made = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return made == MAP_FAILED ? new char[4096]() : static_cast<char*>(made);
  }();
  return place;
}

[[noreturn]] void Child(const std::function<Outcome()>& body, const std::string& output,
                        int answer) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int file = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (file >= 0) {
    dup2(file, STDOUT_FILENO);
    dup2(file, STDERR_FILENO);
    close(file);
  }
  const Outcome outcome = body();
  const std::string text = StrCat(static_cast<int>(outcome.kind), outcome.why);
  for (size_t at = 0; at < text.size();) {
    const ssize_t wrote = write(answer, text.data() + at, text.size() - at);
    if (wrote <= 0) break;
    at += static_cast<size_t>(wrote);
  }
  std::fflush(nullptr);
  _exit(0);  // plugins stay loaded; their destructors are nobody's business
}

// All that the child answers until it ends, or nothing more by the deadline: false.
bool ReadAll(int from, milliseconds deadline, std::string& out) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  char block[4096];
  while (true) {
    const auto left =
        std::chrono::ceil<milliseconds>(end - std::chrono::steady_clock::now()).count();
    if (left <= 0) return false;
    pollfd ready{from, POLLIN, 0};
    if (poll(&ready, 1, static_cast<int>(left)) == 0) return false;
    const ssize_t got = read(from, block, sizeof block);
    if (got <= 0) return true;
    out.append(block, static_cast<size_t>(got));
  }
}

}  // namespace

void SetStep(std::string_view step) {
  char* place = StepPlace();
  const size_t size = std::min(step.size(), kStepMax);
  std::memcpy(place, step.data(), size);
  place[size] = '\0';
}

std::string LastStep() { return StepPlace(); }

std::string DeathOf(int wait_status) {
  if (WIFEXITED(wait_status)) return StrCat("exit code ", WEXITSTATUS(wait_status));
  const int signal = WTERMSIG(wait_status);
  return StrCat(strsignal(signal), " (signal ", signal, ")");
}

Outcome RunInChild(const std::function<Outcome()>& body, milliseconds deadline,
                   const std::string& output) {
  SetStep("the beginning");
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Fail("there is no pipe: ", std::strerror(errno));
  const pid_t child = fork();
  if (child < 0) return Fail("there is no child process: ", std::strerror(errno));
  if (child == 0) {
    close(ends[0]);
    Child(body, output, ends[1]);
  }
  setpgid(child, child);  // both do it, so that it is done when either goes on
  close(ends[1]);
  std::string answer;
  const bool in_time = ReadAll(ends[0], deadline, answer);
  close(ends[0]);
  if (!in_time) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  kill(-child, SIGKILL);
  if (!in_time) {
    return Fail("did not end within ", deadline.count() / 1000, " s; its last step: ", LastStep());
  }
  if (answer.empty() || !WIFEXITED(status)) {
    return Fail("the process ended: ", DeathOf(status), "; its last step: ", LastStep());
  }
  return {static_cast<Outcome::Kind>(answer[0] - '0'), answer.substr(1)};
}

}  // namespace sluice::conformance
