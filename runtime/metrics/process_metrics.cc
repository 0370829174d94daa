#include "runtime/metrics/process_metrics.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string>

namespace sluice::metrics {
namespace {

constexpr Family kProcessFamilies[] = {
    {"process_cpu_seconds_total", Type::kCounter, "CPU time of the worker, user and system."},
    {"process_resident_memory_bytes", Type::kGauge, "Resident memory of the worker."},
    {"process_virtual_memory_bytes", Type::kGauge, "Virtual memory of the worker."},
    {"process_open_fds", Type::kGauge, "Open files of the worker."},
    {"process_max_fds", Type::kGauge, "How many files the worker may open."},
    {"process_threads", Type::kGauge, "Threads of the worker."},
};
constexpr Family kMemoryFamilies[] = {
    {"jvm_memory_used_bytes", Type::kGauge,
     "Resident memory of the worker, which is no JVM; for dashboards that ask for this name."},
};
constexpr Family kThreadFamilies[] = {
    {"jvm_threads_current", Type::kGauge,
     "Threads of the worker, which is no JVM; for dashboards that ask for this name."},
};

struct Process {
  double cpu_seconds = 0, resident = 0, virtual_size = 0, threads = 0;
};

Process ReadStat() {
  Process process;
  char text[1024];
  std::FILE* file = std::fopen("/proc/self/stat", "re");
  if (file == nullptr) return process;
  const size_t size = std::fread(text, 1, sizeof text - 1, file);
  std::fclose(file);
  text[size] = '\0';
  const char* after_name = std::strrchr(text, ')');  // the name may hold anything
  if (after_name == nullptr) return process;
  unsigned long user = 0, system = 0, size_bytes = 0;
  long threads = 0, pages = 0;
  if (std::sscanf(after_name + 1,
                  " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %ld %*d "
                  "%*u %lu %ld",
                  &user, &system, &threads, &size_bytes, &pages) != 5) {
    return process;
  }
  process.cpu_seconds =
      static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  process.threads = static_cast<double>(threads);
  process.virtual_size = static_cast<double>(size_bytes);
  process.resident = static_cast<double>(pages) * static_cast<double>(sysconf(_SC_PAGESIZE));
  return process;
}

double CountFiles() {
  DIR* folder = opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  double count = -3;  // ., .. and the folder itself
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

void ReadProcess(Reading& reading) {
  const Process process = ReadStat();
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  reading.Number(process.cpu_seconds).Number(process.resident).Number(process.virtual_size);
  reading.Number(CountFiles()).Number(static_cast<double>(limit.rlim_cur));
  reading.Number(process.threads);
}

}  // namespace

std::vector<Registry::Registration> AddProcessMetrics(Registry& registry) {
  std::vector<Registry::Registration> made;
  made.push_back(registry.Add(kProcessFamilies, {}, ReadProcess));
  made.push_back(registry.Add(kMemoryFamilies, Label("area", "nonheap"),
                              [](Reading& reading) { reading.Number(ReadStat().resident); }));
  made.push_back(registry.Add(kThreadFamilies, {},
                              [](Reading& reading) { reading.Number(ReadStat().threads); }));
  made.push_back(registry.AddLoose(
      Label("gc", "none"),
      "Always 0: the worker is no JVM and collects no garbage; for dashboards that ask for this "
      "name.",
      [](LooseReading& reading) { reading.Observed("jvm_gc_collection_seconds", {}, 0, 0); }));
  return made;
}

}  // namespace sluice::metrics
