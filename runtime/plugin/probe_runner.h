// The worker's side of probes: runs the probe command in child processes, several at a time, each
// with a deadline and a bound on what it may write, and says what became of it. One call at a time;
// blocks until all are done.
#ifndef SLUICE_RUNTIME_PLUGIN_PROBE_RUNNER_H_
#define SLUICE_RUNTIME_PLUGIN_PROBE_RUNNER_H_

#include <string>
#include <vector>

#include "proto/plugin.pb.h"
#include "runtime/base/clock.h"
#include "runtime/base/status.h"

namespace sluice::plugin {

struct ProbeOptions {
  std::string command;            // run as: command --probe-plugin FILE
  milliseconds deadline{10'000};  // of each file
  size_t answer_bytes_max = 8u << 20;
  size_t at_a_time = 4;
};

struct ProbeResult {
  // An answer of any outcome; or the error that there is none: the child died, took too long, could
  // not be started.
  StatusOr<proto::ProbeAnswer> answer;
  bool worth_remembering = false;  // the same would happen again, and it took long or left a crash
};

// One result for each file, in order. Errors do not name the file.
std::vector<ProbeResult> RunProbes(const ProbeOptions& options,
                                   const std::vector<std::string>& files);

}  // namespace sluice::plugin

#endif  // SLUICE_RUNTIME_PLUGIN_PROBE_RUNNER_H_
