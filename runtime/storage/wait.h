// Waits for the Done of an asynchronous call. Any thread but the one that calls back; the call
// itself must end in time, by its own time-out: this waits a second longer at most.
#ifndef SLUICE_RUNTIME_STORAGE_WAIT_H_
#define SLUICE_RUNTIME_STORAGE_WAIT_H_

#include <chrono>
#include <memory>
#include <optional>

#include "runtime/base/clock.h"
#include "runtime/base/mutex.h"
#include "runtime/base/status.h"
#include "runtime/storage/ids.h"

namespace sluice::storage {

// `start` is called with the Done and begins the call.
template <typename Start>
Status WaitForDone(milliseconds timeout, Start&& start) {
  struct Shared {  // outlives a caller who gave up
    Mutex mutex;
    CondVar changed;
    std::optional<Status> answer ABSL_GUARDED_BY(mutex);
  };
  auto shared = std::make_shared<Shared>();
  start(Done([shared](const Status& status) {
    MutexLock lock(shared->mutex);
    if (!shared->answer) shared->answer = status;
    shared->changed.NotifyAll();
  }));
  const TimePoint deadline = std::chrono::steady_clock::now() + timeout + milliseconds(1000);
  MutexLock lock(shared->mutex);
  while (!shared->answer && shared->changed.WaitUntil(shared->mutex, deadline)) {
  }
  if (shared->answer) return *shared->answer;
  return TimeoutError("No answer from the store within its time-out");
}

}  // namespace sluice::storage

#endif  // SLUICE_RUNTIME_STORAGE_WAIT_H_
