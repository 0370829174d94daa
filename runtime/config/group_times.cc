#include "runtime/config/group_times.h"

#include <algorithm>

namespace sluice::config {
namespace {

constexpr milliseconds kAloneSessionMore{2'500}, kAloneHeartbeatMax{2'000};
constexpr milliseconds kSharedHeartbeatMin{500}, kSharedHeartbeatPerTask{50};

}  // namespace

GroupTimes TimesInGroup(const WorkerConfig& worker, int tasks) {
  GroupTimes times{worker.session_timeout, worker.heartbeat_interval};
  if (tasks == 1) {
    times.session += kAloneSessionMore;
    times.heartbeat = std::min(times.heartbeat, kAloneHeartbeatMax);
  } else if (tasks > 1) {
    const milliseconds bearable = std::max(kSharedHeartbeatMin, tasks * kSharedHeartbeatPerTask);
    times.heartbeat = std::min(times.heartbeat, bearable);
  }
  return times;
}

}  // namespace sluice::config
