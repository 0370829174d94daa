// Names that the stores share. Plain values, any thread.
#ifndef SLUICE_RUNTIME_STORAGE_IDS_H_
#define SLUICE_RUNTIME_STORAGE_IDS_H_

#include <compare>
#include <functional>
#include <string>

#include "runtime/base/status.h"
#include "runtime/base/text.h"

namespace sluice::storage {

// A task, as Connect writes it: `name-0`.
struct TaskId {
  std::string connector;
  int task = 0;

  std::string ToString() const { return StrCat(connector, "-", task); }
  friend auto operator<=>(const TaskId&, const TaskId&) = default;
};

// How an asynchronous call tells its end: exactly once, on the store's thread (the standalone
// stores: on the caller's, inside the call). It must not block: post what is to be done.
using Done = std::function<void(const Status&)>;

}  // namespace sluice::storage

#endif  // SLUICE_RUNTIME_STORAGE_IDS_H_
