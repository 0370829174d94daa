// The connectors' keys, and what they come to. KeysOf is the one place that knows names, defaults
// and texts; the tables in CONFIG.md are made of it. Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_SINK_CONFIG_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_SINK_CONFIG_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/object_store_sink/avro_format.h"
#include "connectors/object_store_sink/azure_client.h"
#include "connectors/object_store_sink/azure_credentials.h"
#include "connectors/object_store_sink/http.h"
#include "connectors/object_store_sink/line_formats.h"
#include "connectors/object_store_sink/s3_client.h"
#include "connectors/object_store_sink/writer_options.h"
#include "connectors/sdk/config.h"

namespace sluice::object_store_sink {

// Whose keys these are: the same connector by the names of four. Data Lake Gen2 and Blob storage
// are one store of Azure's, with two names for each key.
enum class Flavor : uint8_t { kS3, kGcs, kAzure, kAzureBlob };

enum class FormatKind : uint8_t { kAvro, kJson, kParquet, kBytes };

struct FormatOptions {
  AvroCodec avro_codec = AvroCodec::kNull;
  bool connect_meta_data = true;
  std::string parquet_codec = "snappy";
  shared::DecimalText decimals = shared::DecimalText::kBase64;
  std::string bytes_extension = ".bin", bytes_separator = "\n";
  Compression compression = {};
};

struct SinkConfig {
  Flavor flavor = Flavor::kS3;
  std::string local_folder;  // of store.url=file://...; "": a store in the network
  S3Options store;
  HttpOptions http;
  Credentials credentials;  // without a key_id: the chain's
  std::string google_key;   // a service account's, as JSON
  AzureOptions azure;
  std::string azure_key;         // an account's
  AzureIdentity azure_identity;  // with neither a key nor a SAS
  FormatKind format = FormatKind::kJson;
  FormatKind keys_format = FormatKind::kAvro, headers_format = FormatKind::kAvro;
  bool store_keys = false, store_headers = false;
  FormatOptions formats;
  WriterOptions writer;
  std::chrono::milliseconds retry_backoff{5000};
  std::chrono::milliseconds write_max{60'000};  // of a put
};

sdk::ConfigDef KeysOf(Flavor flavor);
// What a class calls a key of its store: part.size is s3.part.size, or azblob.block.size.
std::string StoreKey(Flavor flavor, std::string_view name);
// Throws ConfigException for what cannot work.
SinkConfig ReadConfig(Flavor flavor, const sdk::Config& config);
// What validate says across keys, and of keys that the connector does not know.
void ValidateConfig(Flavor flavor, const sdk::Config& config, sdk::Problems& problems);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_SINK_CONFIG_H_
