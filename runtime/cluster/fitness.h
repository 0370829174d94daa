// What a worker has the classes for, as the membership asks for it: at once, from what has been
// looked at so far. herder/class_support.h answers.
#ifndef SLUICE_RUNTIME_CLUSTER_FITNESS_H_
#define SLUICE_RUNTIME_CLUSTER_FITNESS_H_

#include <string>
#include <vector>

#include "runtime/base/clock.h"

namespace sluice::cluster {

// Whoever must know waits so long for what is being looked at; then it is taken to be there.
inline constexpr milliseconds kLookTime{2'000};

// Of one connector.
enum class Fit { kRuns, kLacks, kUnknown };

// Of all connectors; names, sorted.
struct Fitness {
  std::vector<std::string> cannot_run;
  std::vector<std::string> unknown;  // being looked at
};

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_FITNESS_H_
