// What counting costs, without a broker: CPU time of the calls that a task makes for each batch, and of a scrape of
// 500 tasks. Prints one line each. See README.md.
#include <time.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "runtime/metrics/registry.h"
#include "runtime/metrics/task_metrics.h"

namespace sluice::metrics {
namespace {

constexpr int kTasks = 500;
constexpr int kCalls = 200'000;

double CpuNanos() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

template <typename Call>
void Print(const char* what, size_t records, Call&& call) {
  const double begin = CpuNanos();
  for (int i = 0; i < kCalls; ++i) call();
  const double each = (CpuNanos() - begin) / kCalls;
  std::printf("%-10s %6.1f ns a batch of %4zu records, %.3f ns a record\n", what, each, records,
              each / static_cast<double>(records));
}

std::shared_ptr<TaskMetrics> NewTask(Registry& registry, int number, bool source) {
  auto task = TaskMetrics::Make(
      {.registry = &registry, .connector = "connector-" + std::to_string(number)});
  task->SetKind(source);
  task->SetState("running");
  const ClassVersion some{"org.apache.kafka.connect.file.FileStreamSinkConnector", "4.3.1"};
  task->SetClasses({some, some, some, some, some, {}, {}});
  if (!source) task->SetPosition({.partitions = 1, .active = 0, .lags = {{"topic", 0, 0}}});
  return task;
}

void Run() {
  Registry registry;
  std::vector<std::shared_ptr<TaskMetrics>> tasks;
  for (int i = 0; i < kTasks; ++i) tasks.push_back(NewTask(registry, i, i % 2 == 1));
  const std::vector<LatencyRun> runs = {{5, 250}, {6, 250}};
  Print("Consumed", 500, [&] { tasks[0]->Consumed(500); });
  Print("Put", 500, [&] { tasks[0]->Put(500, milliseconds(1), runs); });
  Print("Polled", 2000, [&] { tasks[1]->Polled(2000, milliseconds(1), 2000); });
  Print("Acked", 2000, [&] { tasks[1]->Acked(runs, 2000); });
  registry.Text();
  const double begin = CpuNanos();
  const size_t size = registry.Text().size();
  std::printf("a scrape of %d tasks: %.1f ms, %zu bytes\n", kTasks, (CpuNanos() - begin) / 1e6, size);
}

}  // namespace
}  // namespace sluice::metrics

int main() { sluice::metrics::Run(); }
