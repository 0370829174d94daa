// How many of what goes where: spreads weighted loads over workers so that as little as possible
// moves. Knows nothing of connectors and groups. Pure, any thread; for assignor.cc.
//
// With equal weights the answer is the peer's: each worker has the floor or the ceiling of the
// mean, and no more loads move than the busiest have above that. With weights it is as even as
// single moves can make it: a load moves if that makes the busier of two workers less busy, and
// their difference is above the heaviest load that could go, or above a quarter of the mean.
#ifndef SLUICE_RUNTIME_CLUSTER_ASSIGNOR_BALANCE_H_
#define SLUICE_RUNTIME_CLUSTER_ASSIGNOR_BALANCE_H_

#include <cstdint>
#include <vector>

namespace sluice::cluster {

inline constexpr int kNobody = -1;

struct Load {
  int64_t weight = 1;   // above 0
  int group = 0;        // of loads that the same workers can take
  int owner = kNobody;  // has it now: it must be stopped there before it can go elsewhere
  int wish = kNobody;   // of a load without an owner: who should get it if that is even enough
  int since = 0;        // of two that could go, that goes which has been where it is for less long
};

enum class Owned { kMayMove, kStay };

// The worker of each load, 0..`workers`-1; kNobody if none can take it. `can_take`: by group, by
// worker; an owner always can.
std::vector<int> Balance(int workers, const std::vector<std::vector<bool>>& can_take,
                         const std::vector<Load>& loads, Owned owned);

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_ASSIGNOR_BALANCE_H_
