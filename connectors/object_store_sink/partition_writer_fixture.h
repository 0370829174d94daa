// What the tests of a topic partition's files have in common. One thread.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARTITION_WRITER_FIXTURE_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARTITION_WRITER_FIXTURE_H_

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>

#include "connectors/object_store_sink/avro_format.h"
#include "connectors/object_store_sink/fake_store.h"
#include "connectors/object_store_sink/line_formats.h"
#include "connectors/object_store_sink/partition_writer.h"
#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {

using std::chrono::milliseconds;

inline constexpr int64_t kHour = 3'600'000;
inline constexpr int64_t kNow = 1709209800000;  // 2024-02-29T12:30Z

// A topic partition t-0 whose records hold their offset; the verbs are those of the task.
class PartitionWriterTest : public testing::Test {
 protected:
  PartitionWriter& writer() {
    if (!writer_) {
      writer_.emplace(options_, store_,
                      FileFormats{avro_ ? static_cast<const Format*>(&avro_format_) : &json_,
                                  KeyFormat(), headers_ ? &json_ : nullptr},
                      sdk::Logger(), "t", 0);
    }
    return *writer_;
  }
  const Format* KeyFormat() const {
    if (avro_keys_) return &avro_format_;
    return keys_ ? &json_ : nullptr;
  }
  // A task that died, and its successor.
  void Restart() { writer_.reset(); }

  sluice_record Record(int64_t offset) {
    sluice_record record = abi::EmptyRecord();
    record.topic = record.original_topic = abi::Str("t");
    record.original_partition = record.partition = 0;
    record.original_offset = offset;
    record.timestamp = timestamp_.value_or(kNow);
    record.value = sdk::Int64(offset + more_);
    return record;
  }
  void Put(int64_t from, int64_t count) {
    writer().BeginPut();
    for (int64_t i = from; i < from + count; ++i) writer().Take(Record(i), now_);
    writer().Tick(now_);
    writer().EndPut();
  }
  void PutFails(int64_t from, int64_t count) { EXPECT_THROW(Put(from, count), StoreError); }
  void ByTime(TimestampSource source = TimestampSource::kRecord) {
    options_.partitioner.kind = PartitionerKind::kTime;
    options_.partitioner.duration = std::chrono::hours(1);
    options_.partitioner.pattern = TimePattern::Compile("path.format", "'h'=HH");
    options_.partitioner.timestamp_source = source;
  }

  WriterOptions options_;
  bool avro_ = false, keys_ = false, headers_ = false, avro_keys_ = false;
  int64_t more_ = 0;  // of the values than of the offsets
  FakeStore store_;
  std::optional<int64_t> timestamp_;
  int64_t now_ = kNow;
  const JsonFormat json_{shared::DecimalText::kBase64, {}};
  const AvroFormat avro_format_{AvroCodec::kNull, false};
  std::optional<PartitionWriter> writer_;
};

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARTITION_WRITER_FIXTURE_H_
