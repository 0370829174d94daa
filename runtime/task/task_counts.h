// What a task has counted since it began. Written on the task's thread, read from any.
#ifndef SLUICE_RUNTIME_TASK_TASK_COUNTS_H_
#define SLUICE_RUNTIME_TASK_TASK_COUNTS_H_

#include <atomic>
#include <cstdint>

namespace sluice::task {

struct TaskCounts {
  using Count = std::atomic<int64_t>;
  Count records_in{0};       // source: polled; sink: consumed
  Count records_out{0};      // source: acked by the broker; sink: put
  Count records_dropped{0};  // filtered, or failed and tolerated
  Count batches{0};          // polled, or put
  Count put_retries{0};      // puts that answered RETRY
  Count commits{0};
  Count commit_failures{0};
  Count commits_out_of_order{0};  // answers to commits that came after a newer one's
  Count in_flight_bytes{0};

  // Cheaper than +=: only the task's thread writes.
  static void Add(Count& count, int64_t by) {
    count.store(count.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }
};

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_TASK_COUNTS_H_
