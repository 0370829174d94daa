// For the tests of configurations: what they are read as, and what validate says of them.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_SINK_CONFIG_FIXTURE_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_SINK_CONFIG_FIXTURE_H_

#include <string>

#include "connectors/object_store_sink/sink_config.h"
#include "connectors/sdk/fakes.h"

namespace sluice::object_store_sink {

inline constexpr const char* kClass = "S3SinkConnector";

inline SinkConfig Read(sdk::ConfigText given, Flavor flavor = Flavor::kS3) {
  static const sdk::ConfigTable s3(KeysOf(Flavor::kS3)), gcs(KeysOf(Flavor::kGcs)),
      azure(KeysOf(Flavor::kAzure)), blob(KeysOf(Flavor::kAzureBlob));
  given.emplace("name", "sink");
  given.emplace("s3.bucket.name", "bucket");
  given.emplace("flush.size", "10");
  given.emplace("format.class", "io.confluent.connect.s3.format.json.JsonFormat");
  const sdk::ConfigTable* tables[] = {&s3, &gcs, &azure, &blob};
  const sdk::ConfigTable* table = tables[static_cast<size_t>(flavor)];
  return ReadConfig(flavor, sdk::Config(sdk::Config::Map(given.begin(), given.end()), table));
}

// The keys that it complains of, each followed by a blank.
inline std::string Validate(sdk::ConfigText given, const char* of = kClass) {
  given.emplace("s3.bucket.name", "bucket");
  given.emplace("flush.size", "10");
  given.emplace("format.class", "JsonFormat");
  return sdk::KeysOf(sdk::RunValidate(sdk::FindClass(of), given));
}

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_SINK_CONFIG_FIXTURE_H_
