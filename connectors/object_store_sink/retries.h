// Another try of a call to a store that failed for a passing reason, after a time that doubles and
// has a random part. One thread at a time; a stop ends the waits.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_RETRIES_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_RETRIES_H_

#include <chrono>
#include <random>

#include "connectors/object_store_sink/store_error.h"
#include "connectors/shared/stop_signal.h"

namespace sluice::object_store_sink {

class Retries {
 public:
  // `count` tries after the first; `first`: the time before the first of them.
  Retries(int count, std::chrono::milliseconds first, shared::StopSignal& stop);

  // Answers what `call` answers, or throws what its last try threw.
  template <typename Call>
  auto Run(Call&& call) {
    for (int attempt = 0;; ++attempt) {
      try {
        return call();
      } catch (const StoreError& error) {
        if (error.kind() != StoreErrorKind::kTransient || attempt >= count_) throw;
        if (!Wait(attempt)) throw;
      }
    }
  }

 private:
  // False: a stop came.
  bool Wait(int attempt);

  const int count_;
  const std::chrono::milliseconds first_;
  shared::StopSignal& stop_;
  std::minstd_rand random_;
};

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_RETRIES_H_
