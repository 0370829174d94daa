// Records per second that one task of a sink takes, without Kafka: orders of 6 fields, put in
// batches. For the benchmarks of sinks, whose plugin is linked into them. One thread.
#ifndef SLUICE_CONNECTORS_SHARED_SINK_BENCH_H_
#define SLUICE_CONNECTORS_SHARED_SINK_BENCH_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "connectors/sdk/fakes.h"

namespace sluice::shared {

struct SinkBench {
  std::string class_name;
  sdk::ConfigText config;
  int64_t records = 500'000;
  size_t in_a_put = 500;
};

// Puts them; the first put, which opens what there is to open, is not counted. Prints records/s and
// CPU seconds of this process per million records: what is missing to the wall time is the
// server's. Answers the program's exit code; ends it at once, with a text, where the sink fails.
int Run(const SinkBench& bench);

}  // namespace sluice::shared

#endif  // SLUICE_CONNECTORS_SHARED_SINK_BENCH_H_
