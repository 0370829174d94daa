#include "runtime/plugin/probe_runner.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "runtime/base/text.h"

extern char** environ;

namespace sluice::plugin {
namespace {

constexpr size_t kNoiseMax = 2048;  // how much of the end of its standard error is shown

std::string SignalName(int number) {
  const char* name = sigabbrev_np(number);
  return name == nullptr ? StrCat("signal ", number) : StrCat("SIG", name);
}

class Pipe {
 public:
  bool Open() { return pipe2(ends_, O_CLOEXEC) == 0; }
  ~Pipe() { Close(0), Close(1); }
  int read_end() const { return ends_[0]; }
  int write_end() const { return ends_[1]; }
  void Close(int end) {
    if (ends_[end] >= 0) close(ends_[end]);
    ends_[end] = -1;
  }
  // Reads what is there. False at the end of it.
  bool Drain(std::string& out) {
    char buffer[16 * 1024];
    const ssize_t size = read(ends_[0], buffer, sizeof buffer);
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    out.append(buffer, static_cast<size_t>(size));
    return size > 0;
  }

 private:
  int ends_[2] = {-1, -1};
};

// One child. Killed, with its process group, when this goes.
class Child {
 public:
  Child(const ProbeOptions& options, const std::string& file) : options_(options), file_(file) {}
  ~Child() {
    if (pid_ > 0) {
      kill(-pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
  }

  Status Start() {
    if (!answer_.Open() || !noise_.Open()) {
      return ConnectError(StrCat("could not be probed: pipe: ", std::strerror(errno)));
    }
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, answer_.write_end(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, noise_.write_end(), STDERR_FILENO);
    // The worker blocks signals in its threads; a child must not inherit that.
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    sigdelset(&all, SIGKILL);
    sigdelset(&all, SIGSTOP);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    std::string flag = "--probe-plugin";
    std::string command = options_.command, file = file_;
    char* arguments[] = {command.data(), flag.data(), file.data(), nullptr};
    const int error =
        posix_spawn(&pid_, command.c_str(), &actions, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    answer_.Close(1);
    noise_.Close(1);
    if (error != 0) {
      pid_ = -1;
      return ConnectError(
          StrCat("could not be probed: cannot run ", command, ": ", std::strerror(error)));
    }
    fcntl(answer_.read_end(), F_SETFL, O_NONBLOCK);
    fcntl(noise_.read_end(), F_SETFL, O_NONBLOCK);
    deadline_ = Clock::System().Now() + options_.deadline;
    return OkStatus();
  }

  void AddTo(std::vector<pollfd>& list) const {
    list.push_back({answer_open_ ? answer_.read_end() : -1, POLLIN, 0});
    list.push_back({noise_open_ ? noise_.read_end() : -1, POLLIN, 0});
  }
  bool answer_open() const { return answer_open_; }

  // Reads what came, looks whether it has ended. The result, once there is one.
  std::optional<ProbeResult> Turn() {
    if (!ReadAnswer()) {
      return ProbeResult{ConnectError(StrCat("wrote more than ", options_.answer_bytes_max,
                                             " bytes of answer while it was probed")),
                         true};
    }
    ReadNoise();
    int status = 0;
    const pid_t ended = waitpid(pid_, &status, WNOHANG);
    if (ended == pid_) {
      const pid_t group = pid_;
      pid_ = -1;
      kill(-group, SIGKILL);  // whatever it has started
      ReadAnswer();
      ReadNoise();
      return Ended(status);
    }
    if (Clock::System().Now() < deadline_) return std::nullopt;
    return ProbeResult{ConnectError(StrCat("did not finish loading within ",
                                           options_.deadline.count(), " ms", Noise())),
                       true};
  }

 private:
  // False if it is too much.
  bool ReadAnswer() {
    while (answer_open_) {
      const size_t before = answer_text_.size();
      answer_open_ = answer_.Drain(answer_text_);
      if (answer_text_.size() > options_.answer_bytes_max) return false;
      if (answer_text_.size() == before) break;
    }
    return true;
  }
  void ReadNoise() {
    while (noise_open_) {
      const size_t before = noise_text_.size();
      noise_open_ = noise_.Drain(noise_text_);
      const bool more = noise_text_.size() != before;
      if (noise_text_.size() > kNoiseMax) noise_text_.erase(0, noise_text_.size() - kNoiseMax);
      if (!more) break;
      if (++noise_reads_ % 64 == 0) break;  // one that never stops printing must not hold us
    }
  }
  std::string Noise() const {
    const std::string_view text = Trim(noise_text_);
    return text.empty() ? std::string()
                        : StrCat("; the end of what it printed: ", ReplaceInvalidUtf8(text));
  }
  ProbeResult Ended(int status) {
    if (WIFSIGNALED(status)) {
      return {ConnectError(StrCat("crashed while it was loaded, with ",
                                  SignalName(WTERMSIG(status)), Noise())),
              true};
    }
    if (WEXITSTATUS(status) != 0) {
      return {ConnectError(StrCat("ended the process while it was loaded, with exit code ",
                                  WEXITSTATUS(status), Noise())),
              true};
    }
    proto::ProbeAnswer answer;
    if (!answer.ParseFromString(answer_text_) || answer.outcome() == proto::ProbeAnswer::UNKNOWN) {
      return {ConnectError(StrCat("gave no answer while it was loaded (", answer_text_.size(),
                                  " bytes that are none)", Noise())),
              true};
    }
    return {std::move(answer), false};
  }

  const ProbeOptions& options_;
  const std::string file_;
  Pipe answer_, noise_;
  bool answer_open_ = true, noise_open_ = true;
  size_t noise_reads_ = 0;
  std::string answer_text_, noise_text_;
  pid_t pid_ = -1;
  TimePoint deadline_;
};

}  // namespace

std::vector<ProbeResult> RunProbes(const ProbeOptions& options,
                                   const std::vector<std::string>& files) {
  std::vector<std::optional<ProbeResult>> results(files.size());
  std::vector<std::pair<size_t, std::unique_ptr<Child>>> running;
  for (size_t next = 0; next < files.size() || !running.empty();) {
    while (next < files.size() && running.size() < std::max<size_t>(options.at_a_time, 1)) {
      auto child = std::make_unique<Child>(options, files[next]);
      if (Status started = child->Start(); started.ok()) {
        running.emplace_back(next, std::move(child));
      } else {
        results[next] = ProbeResult{std::move(started), false};
      }
      ++next;
    }
    std::vector<pollfd> waiting;
    int timeout_ms = 20;
    for (const auto& [index, child] : running) {
      child->AddTo(waiting);
      if (!child->answer_open()) timeout_ms = 1;  // it is about to end
    }
    if (!running.empty()) poll(waiting.data(), waiting.size(), timeout_ms);
    std::erase_if(running, [&](auto& one) {
      std::optional<ProbeResult> result = one.second->Turn();
      if (!result) return false;
      results[one.first] = std::move(result);
      return true;
    });
  }
  std::vector<ProbeResult> out;
  for (auto& result : results) out.push_back(*std::move(result));
  return out;
}

}  // namespace sluice::plugin
