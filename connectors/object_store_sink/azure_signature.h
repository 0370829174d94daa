// How a storage account's key signs a call of Azure's (the scheme SharedKey). Pure functions, any
// thread. The key is used, never kept or shown.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_AZURE_SIGNATURE_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_AZURE_SIGNATURE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "connectors/object_store_sink/signature.h"
#include "connectors/object_store_sink/uri.h"

namespace sluice::object_store_sink {

struct AzureToSign {
  std::string_view method;
  std::string_view path;  // escaped, as in the URL
  Query query = {};       // as it is before it is escaped
  size_t body_size = 0;
};

// Adds `Authorization` to `headers`, which hold all others already, but for those that HTTP asks
// for (Host, Content-Length). `account_key`: as Azure shows it, in base64.
void AzureSign(std::string_view account, std::string_view account_key, const AzureToSign& what,
               Headers& headers);

// Thu, 29 Feb 2024 12:30:00 GMT
std::string HttpDate(int64_t epoch_seconds);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_AZURE_SIGNATURE_H_
