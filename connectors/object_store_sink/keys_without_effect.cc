#include "connectors/object_store_sink/keys_without_effect.h"

#include <string_view>

namespace sluice::object_store_sink {
namespace {

struct Key {
  std::string_view name, why;
  bool of_blob_storage = false;
};
constexpr std::string_view kStorageClass = "storage.class";
constexpr Key kKeys[] = {
    {kStorageClass, "the class of the connector says which store it is."},
    {"schema.generator.class", "schemas are made as the original's own class does it."},
    {"max.files.scan.limit", "no folder is searched for files."},
    {"azblob.retry.type", "pauses are doubled.", true},
    {"azblob.retry.max.backoff.ms", "see `azblob.retry.retries`.", true},
    {"azblob.retry.secondary.host", "there is one host.", true},
    {"azblob.connection.timeout.ms", "a connection has 10 s.", true}};

}  // namespace

void AddKeysWithoutEffect(sdk::ConfigDef& keys, Flavor flavor) {
  int order = 0;
  for (const Key& key : kKeys) {
    if (key.of_blob_storage && flavor != Flavor::kAzureBlob) continue;
    keys.emplace_back(key.name, sdk::ConfigType::kString)
        .Group("Without effect", ++order)
        .Doc(sdk::Cat("Accepted, without an effect: ", key.why))
        .Optional()
        .Low();
  }
}

std::vector<std::string> IgnoredKeys(const sdk::Config& config) {
  std::vector<std::string> out;
  for (const Key& key : kKeys) {
    std::string name(key.name);
    if (name != kStorageClass && config.given().contains(name)) out.push_back(std::move(name));
  }
  return out;
}

}  // namespace sluice::object_store_sink
