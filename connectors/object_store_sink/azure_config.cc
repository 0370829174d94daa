#include "connectors/object_store_sink/azure_config.h"

#include <string>
#include <string_view>

#include "connectors/object_store_sink/digest.h"
#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

using sdk::ConfigException;

constexpr std::string_view kAccount = "azure.datalake.gen2.account.name";
constexpr std::string_view kFileSystem = "azure.datalake.gen2.file.system";
constexpr std::string_view kAccessKey = "azure.datalake.gen2.access.key";
constexpr std::string_view kSasKey = "azure.datalake.gen2.sas.key";
constexpr std::string_view kClientId = "azure.datalake.gen2.client.id";
constexpr std::string_view kClientKey = "azure.datalake.gen2.client.key";
constexpr std::string_view kTokenEndpoint = "azure.datalake.gen2.token.endpoint";

// The Blob API's: it reaches the same storage.
Endpoint EndpointOf(const sdk::Config& config, const std::string& account) {
  const std::string url = config.GetString("store.url");
  Endpoint out = ParseEndpoint(
      "store.url", url.empty() ? sdk::Cat("https://", account, ".blob.core.windows.net") : url);
  if (const size_t dfs = out.host.find(".dfs."); dfs != std::string::npos) {
    out.host.replace(dfs, 5, ".blob.");
  }
  return out;
}

std::string ReadSas(const sdk::Config& config) {
  std::string sas = config.GetPassword(kSasKey);
  sas.erase(0, sas.find('?') + 1);  // npos + 1 is 0: a whole URL has one, a token has none
  if (!sas.empty() && ("&" + sas).find("&sig=") == std::string::npos) {
    throw ConfigException::Invalid(kSasKey, "[hidden]",
                                   "expected a shared access signature: sv=...&sig=...");
  }
  return sas;
}

AzureIdentity ReadIdentity(const sdk::Config& config) {
  AzureIdentity out{config.GetString(kClientId), config.GetPassword(kClientKey),
                    config.GetString(kTokenEndpoint)};
  if (out.client_key.empty()) return out;
  if (out.client_id.empty()) {
    throw ConfigException::Invalid(kClientId, "", sdk::Cat(kClientKey, " needs it"));
  }
  if (!out.token_endpoint.starts_with("https://") && !out.token_endpoint.starts_with("http://")) {
    throw ConfigException::Invalid(
        kTokenEndpoint, out.token_endpoint,
        sdk::Cat(kClientKey,
                 " needs it: expected https://login.microsoftonline.com/TENANT/oauth2/token"));
  }
  return out;
}

}  // namespace

void ReadAzure(const sdk::Config& config, SinkConfig& out) {
  out.store.bucket = config.GetString(kFileSystem);
  if (!out.local_folder.empty()) return;
  AzureOptions& azure = out.azure;
  azure.container = out.store.bucket;
  azure.part_size = out.store.part_size;
  azure.retries = out.store.retries;
  azure.retry_backoff = out.store.retry_backoff;
  azure.account = config.GetString(kAccount);
  if (azure.account.empty()) {
    throw ConfigException::Invalid(
        kAccount, "", "expected the name of a storage account, or store.url=file:///folder");
  }
  azure.endpoint = EndpointOf(config, azure.account);
  azure.sas = ReadSas(config);
  out.azure_key = config.GetPassword(kAccessKey);
  if (!out.azure_key.empty() && FromBase64(out.azure_key).value_or("").empty()) {
    throw ConfigException::Invalid(kAccessKey, "[hidden]",
                                   "expected an account's key, which is base64");
  }
  out.azure_identity = ReadIdentity(config);
  const int ways =
      !azure.sas.empty() + !out.azure_key.empty() + !out.azure_identity.client_key.empty();
  if (ways > 1) {
    throw ConfigException::Invalid(out.azure_key.empty() ? kSasKey : kAccessKey, "[hidden]",
                                   sdk::Cat("expected one of ", kAccessKey, ", ", kSasKey, " and ",
                                            kClientKey, ", found ", ways));
  }
}

}  // namespace sluice::object_store_sink
