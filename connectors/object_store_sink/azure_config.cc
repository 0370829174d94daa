#include "connectors/object_store_sink/azure_config.h"

#include <string>
#include <string_view>

#include "connectors/sdk/errors.h"
#include "connectors/shared/base64.h"

namespace sluice::object_store_sink {
namespace {

using sdk::ConfigException;

// What the class calls that which is read here.
struct Keys {
  explicit Keys(Flavor flavor)
      : account(StoreKey(flavor, "account.name")),
        file_system(StoreKey(flavor, "file.system")),
        access_key(StoreKey(flavor, "access.key")),
        sas_key(StoreKey(flavor, "sas.key")),
        client_id(StoreKey(flavor, "client.id")),
        client_key(StoreKey(flavor, "client.key")),
        token_endpoint(StoreKey(flavor, "token.endpoint")) {}

  const std::string account, file_system, access_key, sas_key, client_id, client_key,
      token_endpoint;
};

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

std::string ReadSas(const Keys& keys, const sdk::Config& config) {
  std::string sas = config.GetPassword(keys.sas_key);
  sas.erase(0, sas.find('?') + 1);  // npos + 1 is 0: a whole URL has one, a token has none
  if (!sas.empty() && ("&" + sas).find("&sig=") == std::string::npos) {
    throw ConfigException::Invalid(keys.sas_key, "[hidden]",
                                   "expected a shared access signature: sv=...&sig=...");
  }
  return sas;
}

AzureIdentity ReadIdentity(const Keys& keys, const sdk::Config& config) {
  AzureIdentity out{config.GetString(keys.client_id), config.GetPassword(keys.client_key),
                    config.GetString(keys.token_endpoint)};
  if (out.client_key.empty()) return out;
  if (out.client_id.empty()) {
    throw ConfigException::Invalid(keys.client_id, "null", sdk::Cat(keys.client_key, " needs it"));
  }
  if (!out.token_endpoint.starts_with("https://") && !out.token_endpoint.starts_with("http://")) {
    throw ConfigException::Invalid(
        keys.token_endpoint, out.token_endpoint,
        sdk::Cat(keys.client_key,
                 " needs it: expected https://login.microsoftonline.com/TENANT/oauth2/token"));
  }
  return out;
}

}  // namespace

void ReadAzure(Flavor flavor, const sdk::Config& config, SinkConfig& out) {
  const Keys keys(flavor);
  out.store.bucket = config.GetString(keys.file_system);
  if (!out.local_folder.empty()) return;
  AzureOptions& azure = out.azure;
  azure.container = out.store.bucket;
  azure.part_size = out.store.part_size;
  azure.retries = out.store.retries;
  azure.retry_backoff = out.store.retry_backoff;
  azure.account = config.GetString(keys.account);
  if (azure.account.empty()) {
    throw ConfigException::Invalid(
        keys.account, "null",
        "expected the name of a storage account, or store.url=file:///folder");
  }
  azure.endpoint = EndpointOf(config, azure.account);
  azure.sas = ReadSas(keys, config);
  out.azure_key = config.GetPassword(keys.access_key);
  if (!out.azure_key.empty() && shared::FromBase64(out.azure_key).value_or("").empty()) {
    throw ConfigException::Invalid(keys.access_key, "[hidden]",
                                   "expected an account's key, which is base64");
  }
  out.azure_identity = ReadIdentity(keys, config);
  const int ways =
      !azure.sas.empty() + !out.azure_key.empty() + !out.azure_identity.client_key.empty();
  if (ways > 1) {
    throw ConfigException::Invalid(out.azure_key.empty() ? keys.sas_key : keys.access_key,
                                   "[hidden]",
                                   sdk::Cat("expected one of ", keys.access_key, ", ", keys.sas_key,
                                            " and ", keys.client_key, ", found ", ways));
  }
}

}  // namespace sluice::object_store_sink
