#include "runtime/plugin/probe.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <string>

#include "proto/plugin.pb.h"
#include "runtime/base/text.h"
#include "runtime/plugin/describe.h"

namespace sluice::plugin {
namespace {

proto::ProbeAnswer Refuse(std::string_view why) {
  proto::ProbeAnswer answer;
  answer.set_outcome(proto::ProbeAnswer::REFUSED);
  answer.set_error(ReplaceInvalidUtf8(why));
  return answer;
}

// dlerror begins with the path, which the parent knows.
std::string LoadError(const char* file) {
  const char* error = dlerror();
  std::string text = error == nullptr ? "no reason given" : error;
  if (const std::string path = StrCat(file, ": "); text.compare(0, path.size(), path) == 0) {
    text.erase(0, path.size());
  }
  return StrCat("cannot be loaded: ", text);
}

proto::ProbeAnswer Probe(const char* file) {
  void* handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return Refuse(LoadError(file));
  const auto entry = reinterpret_cast<sluice_plugin_entry_fn>(dlsym(handle, SLUICE_PLUGIN_ENTRY));
  if (entry == nullptr) {
    proto::ProbeAnswer answer =
        Refuse(StrCat("exports no ", SLUICE_PLUGIN_ENTRY, ": not a plugin, or not one for ABI ",
                      SLUICE_ABI_MAJOR));
    answer.set_outcome(proto::ProbeAnswer::NOT_A_PLUGIN);
    return answer;
  }
  StatusOr<proto::PluginDescriptor> described =
      DescribePlugin(entry(SLUICE_ABI_MAJOR, SLUICE_ABI_MINOR));
  if (!described.ok()) return Refuse(Message(described.status()));
  proto::ProbeAnswer answer;
  answer.set_outcome(proto::ProbeAnswer::PLUGIN);
  *answer.mutable_plugin() = *std::move(described);
  return answer;
}

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

void ProbeMain(const char* file) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  // The answer's way out is out of reach of whatever prints.
  const int answer_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 64);
  if (answer_fd < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) _exit(2);
  std::string bytes;
  try {
    bytes = Probe(file).SerializeAsString();
  } catch (const std::exception& error) {
    bytes = Refuse(StrCat("threw while it was loaded: ", error.what())).SerializeAsString();
  } catch (...) {
    bytes = Refuse("threw while it was loaded").SerializeAsString();
  }
  _exit(WriteAll(answer_fd, bytes) ? 0 : 2);
}

}  // namespace sluice::plugin
