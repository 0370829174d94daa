#include "tests/conformance/resources.h"

#include <malloc.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace sluice::conformance {

namespace fs = std::filesystem;

std::map<std::string, std::string> Threads() {
  std::map<std::string, std::string> threads;
  std::error_code gone;  // a thread may end meanwhile
  for (const auto& entry : fs::directory_iterator("/proc/self/task", gone)) {
    std::ifstream comm(entry.path() / "comm");
    std::getline(comm, threads[entry.path().filename()]);
  }
  return threads;
}

std::map<std::string, std::string> Descriptors() {
  std::map<std::string, std::string> open;
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd", gone)) {
    const fs::path to = fs::read_symlink(entry.path(), gone);
    // The listing's own.
    if (!gone && to != fs::path("/proc") / std::to_string(getpid()) / "fd") {
      open[entry.path().filename()] = to;
    }
  }
  return open;
}

Memory MemoryInUse() {
  malloc_trim(0);
  const struct mallinfo2 info = mallinfo2();
  size_t pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return {info.uordblks + info.hblkhd, resident * static_cast<size_t>(sysconf(_SC_PAGESIZE))};
}

}  // namespace sluice::conformance
