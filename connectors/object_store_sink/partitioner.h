// partitioner.class: the folders of a record below its topic, as partition=0 or
// year=2024/month=02. One for each topic partition; one thread at a time.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARTITIONER_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARTITIONER_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/object_store_sink/time_pattern.h"
#include "connectors/object_store_sink/timestamp_extractor.h"
#include "connectors/sdk/sink.h"
#include "connectors/shared/time_zone.h"

namespace sluice::object_store_sink {

enum class PartitionerKind : uint8_t { kDefault, kField, kTime };
enum class Affix : uint8_t { kNone, kPrefix, kSuffix };

struct PartitionerOptions {
  PartitionerKind kind = PartitionerKind::kDefault;
  std::vector<std::string> fields = {};
  std::chrono::milliseconds duration{0};
  TimePattern pattern = {};
  shared::TimeZone zone = {};
  TimestampSource timestamp_source = TimestampSource::kWallclock;
  std::string timestamp_field = "timestamp";
  Affix schema_affix = Affix::kNone;
  std::string delimiter = "/";
};

class Partitioner {
 public:
  virtual ~Partitioner() = default;
  // Good until the next call. Throws DataException if the record cannot be placed.
  virtual const std::string& Encode(const sluice_record& record, int64_t now_ms) = 0;
  // The time of the record that was encoded last; of partitioners by time only.
  virtual int64_t timestamp() const { return 0; }
  virtual bool by_time() const { return false; }
  virtual bool by_wallclock() const { return false; }
};

std::unique_ptr<Partitioner> NewPartitioner(const PartitionerOptions& options);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARTITIONER_H_
