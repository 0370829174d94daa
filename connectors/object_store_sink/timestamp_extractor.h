// timestamp.extractor: which time a record has for its partition and for rotation. One thread at a
// time.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_TIMESTAMP_EXTRACTOR_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_TIMESTAMP_EXTRACTOR_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "connectors/object_store_sink/field_path.h"
#include "connectors/sdk/sink.h"

namespace sluice::object_store_sink {

enum class TimestampSource : uint8_t { kWallclock, kRecord, kRecordField };

class TimestampExtractor {
 public:
  TimestampExtractor(TimestampSource source, std::string_view field)
      : source_(source), field_(field) {}
  // Epoch milliseconds. Throws DataException if the record has none.
  int64_t Extract(const sluice_record& record, int64_t now_ms);
  bool wallclock() const { return source_ == TimestampSource::kWallclock; }

 private:
  const TimestampSource source_;
  FieldPath field_;
};

// ISO-8601: 2024-02-29, 2024-02-29T12:30:00.25Z, ...+01:00; without a zone it is UTC. Nothing: it
// is none.
std::optional<int64_t> ParseIsoTime(std::string_view text);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_TIMESTAMP_EXTRACTOR_H_
