// For the tests of this folder: records, and configurations as they are read.
#ifndef SLUICE_CONNECTORS_HTTP_SINK_SINK_FIXTURE_H_
#define SLUICE_CONNECTORS_HTTP_SINK_SINK_FIXTURE_H_

#include <string>
#include <utility>
#include <vector>

#include "connectors/http_sink/sink_config.h"
#include "connectors/sdk/sink.h"

namespace sluice::http_sink {

// The configuration over a URL that nobody serves.
inline SinkConfig Read(sdk::Config::Map given) {
  static const sdk::ConfigTable table(Keys());
  if (!given.contains("http.api.url")) given.emplace("http.url", "http://fake/in");
  return ReadConfig(sdk::Config(std::move(given), &table));
}

// A batch of one record that the test fills in.
struct OneRecord {
  sluice_record record = abi::EmptyRecord();
  sluice_batch batch{};
  OneRecord(const sluice_value& key, const sluice_value& value) {
    record.topic = record.original_topic = abi::Str("orders");
    record.original_partition = 2;
    record.original_offset = 7;
    record.timestamp = 1500;
    record.key = key;
    record.value = value;
    batch.struct_size = sizeof batch;
    batch.record_size = sizeof record;
    batch.count = 1;
    batch.records = &record;
  }
  OneRecord(const OneRecord&) = delete;
  sdk::SinkBatch view() const { return {nullptr, &batch}; }
};

}  // namespace sluice::http_sink

#endif  // SLUICE_CONNECTORS_HTTP_SINK_SINK_FIXTURE_H_
