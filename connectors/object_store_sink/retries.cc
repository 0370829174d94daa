#include "connectors/object_store_sink/retries.h"

#include <algorithm>
#include <cstdint>

namespace sluice::object_store_sink {
namespace {

constexpr std::chrono::milliseconds kMost{20'000};

}  // namespace

Retries::Retries(int count, std::chrono::milliseconds first, shared::StopSignal& stop)
    : count_(count), first_(first), stop_(stop), random_(std::random_device()()) {}

bool Retries::Wait(int attempt) {
  if (stop_.requested()) return false;
  const int64_t first = std::min<int64_t>(first_.count(), kMost.count());
  const int64_t most = std::min<int64_t>(first << std::min(attempt, 20), kMost.count());
  if (most <= 0) return true;
  // Half of it for sure, so that a burst of tasks is spread and none is at once.
  std::uniform_int_distribution<int64_t> some(most / 2, most);
  return stop_.WaitFor(std::chrono::milliseconds(some(random_)));
}

}  // namespace sluice::object_store_sink
