#include "runtime/cluster/expected_workers.h"

#include "runtime/storage/ids.h"

namespace sluice::cluster {

ExpectedWorkers ReadExpectedWorkers(const storage::StatusStore& statuses) {
  ExpectedWorkers expected;
  for (const auto& [worker_id, leave] : statuses.Leaving()) {
    expected[worker_id].until = leave.read + leave.back_within;
  }
  if (expected.empty()) return expected;
  const auto parts_of = [&](const storage::PartStatus& status) {
    const auto found = expected.find(status.worker_id);
    return found == expected.end() ? nullptr : &found->second.ran;
  };
  for (const std::string& connector : statuses.Connectors()) {
    if (const auto status = statuses.Connector(connector)) {
      if (Parts* parts = parts_of(*status)) parts->connectors.insert(connector);
    }
    for (const auto& [task, status] : statuses.Tasks(connector)) {
      if (Parts* parts = parts_of(status)) parts->tasks.insert({connector, task});
    }
  }
  return expected;
}

std::string_view WorkerAddress(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  while (url.ends_with('/')) url.remove_suffix(1);
  return url;
}

}  // namespace sluice::cluster
