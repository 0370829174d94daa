#include "runtime/worker/host.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "runtime/base/log.h"
#include "runtime/base/text.h"

namespace sluice::worker {

void RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  LogInfo("worker", "Open files: at most ", limit.rlim_cur, ", enough for about ",
          limit.rlim_cur / 10, " tasks");
}

std::string OwnBinary() {
  char path[4096];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof path);
  return size > 0 ? std::string(path, static_cast<size_t>(size)) : "sluice-worker";
}

std::string CacheDir() {
  for (const auto& [variable, below] :
       {std::pair{"SLUICE_CACHE_DIR", ""}, std::pair{"XDG_CACHE_HOME", "/sluice"},
        std::pair{"HOME", "/.cache/sluice"}}) {
    const char* value = std::getenv(variable);
    if (value != nullptr && *value != '\0') return StrCat(value, below);
  }
  return StrCat("/tmp/sluice-", getuid());
}

std::string KafkaOpts() {
  const char* options = std::getenv("KAFKA_OPTS");
  return options != nullptr ? options : "";
}

std::string HostName() {
  char name[256] = "localhost";
  gethostname(name, sizeof name - 1);
  return name;
}

}  // namespace sluice::worker
