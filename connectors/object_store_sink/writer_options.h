// What the writer of a topic partition is told: when files are cut, where they go, what they hold.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_WRITER_OPTIONS_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_WRITER_OPTIONS_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "connectors/object_store_sink/object_name.h"
#include "connectors/object_store_sink/object_store.h"
#include "connectors/object_store_sink/partitioner.h"
#include "connectors/object_store_sink/schema_rule.h"
#include "connectors/shared/time_zone.h"

namespace sluice::object_store_sink {

enum class NullValues : uint8_t { kFail, kIgnore, kReport, kWrite };

struct WriterOptions {
  int64_t flush_size = 1000;  // records of all open files
  std::chrono::milliseconds rotate_interval{-1};
  std::chrono::milliseconds rotate_schedule{-1};
  bool rotate_on_partition_change = true;
  int64_t open_files_max = -1;
  size_t open_bytes_max = 256 << 20;  // in memory, of all open files
  Compatibility compatibility = Compatibility::kNone;
  NullValues null_values = NullValues::kFail;
  std::string tombstone_folder = "tombstone";
  shared::TimeZone zone = {};  // whose midnight the schedule begins at
  PartitionerOptions partitioner = {};
  NameOptions names = {};
  bool conditional = false;  // objects that are there are not overwritten
  bool tagging = false, tagging_must_work = false;
  Metadata more_tags = {};
};

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_WRITER_OPTIONS_H_
