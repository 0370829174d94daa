#include "connectors/object_store_sink/make_parts.h"

#include <cstdlib>
#include <ctime>
#include <utility>

#include "connectors/object_store_sink/avro_format.h"
#include "connectors/object_store_sink/azure_credentials.h"
#include "connectors/object_store_sink/azure_store.h"
#include "connectors/object_store_sink/credentials.h"
#include "connectors/object_store_sink/http.h"
#include "connectors/object_store_sink/line_formats.h"
#include "connectors/object_store_sink/local_store.h"
#include "connectors/object_store_sink/parquet_format.h"
#include "connectors/object_store_sink/s3_store.h"

namespace sluice::object_store_sink {
namespace {

int64_t Now() { return std::time(nullptr); }

const char* Variable(const char* name) { return std::getenv(name); }

std::unique_ptr<CredentialsProvider> MakeCredentials(const SinkConfig& config,
                                                     HttpTransport& http) {
  if (!config.credentials.key_id.empty()) return StaticCredentials(config.credentials);
  if (!config.google_key.empty()) {
    return GoogleCredentials(http, "gcs.credentials.json", config.google_key, &Now);
  }
  return ChainCredentials(http, &Variable, &Now);
}

std::unique_ptr<CredentialsProvider> MakeAzureCredentials(const SinkConfig& config,
                                                          HttpTransport& http) {
  if (!config.azure_key.empty()) return StaticCredentials({config.azure.account, config.azure_key});
  if (!config.azure.sas.empty()) return StaticCredentials({});
  return AzureCredentials(http, config.azure_identity, &Variable, &Now);
}

}  // namespace

std::unique_ptr<Format> MakeFormat(FormatKind kind, const FormatOptions& options) {
  switch (kind) {
    case FormatKind::kAvro:
      return std::make_unique<AvroFormat>(options.avro_codec, options.connect_meta_data);
    case FormatKind::kJson:
      return std::make_unique<JsonFormat>(options.decimals, options.compression);
    case FormatKind::kParquet:
      return NewParquetFormat(options.parquet_codec);
    default:
      return std::make_unique<ByteArrayFormat>(options.bytes_extension, options.bytes_separator,
                                               options.compression);
  }
}

std::unique_ptr<ObjectStore> MakeStore(const SinkConfig& config, shared::StopSignal& stop) {
  if (!config.local_folder.empty()) {
    return std::make_unique<LocalStore>(config.local_folder, config.store.bucket,
                                        config.store.part_size);
  }
  std::unique_ptr<HttpTransport> http = NewCurlTransport(config.http, stop);
  if (config.flavor == Flavor::kAzure || config.flavor == Flavor::kAzureBlob) {
    auto credentials = MakeAzureCredentials(config, *http);
    return std::make_unique<AzureStore>(config.azure, std::move(http), std::move(credentials), &Now,
                                        stop);
  }
  std::unique_ptr<CredentialsProvider> credentials = MakeCredentials(config, *http);
  return std::make_unique<S3Store>(config.store, std::move(http), std::move(credentials), &Now,
                                   stop);
}

}  // namespace sluice::object_store_sink
