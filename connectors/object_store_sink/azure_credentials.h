// Tokens of Microsoft Entra ID for Azure's storage: of a service principal, or of the machine's own
// identity. An account's key and a SAS need none.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_AZURE_CREDENTIALS_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_AZURE_CREDENTIALS_H_

#include <memory>
#include <string>

#include "connectors/object_store_sink/credentials.h"
#include "connectors/object_store_sink/http.h"

namespace sluice::object_store_sink {

struct AzureIdentity {
  std::string client_id = {};       // of a principal; without a key, of an identity of the machine
  std::string client_key = {};      // the principal's secret
  std::string token_endpoint = {};  // https://login.microsoftonline.com/TENANT/oauth2/token
};

// With a client_key the principal's token. Without: a federated token's (AZURE_FEDERATED_TOKEN_FILE
// and its fellows, as Kubernetes sets them), the app service's (IDENTITY_ENDPOINT), the machine's
// (its metadata service); the first that has any. A token is renewed before it expires.
std::unique_ptr<CredentialsProvider> AzureCredentials(HttpTransport& http, AzureIdentity identity,
                                                      Environment environment, Clock clock);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_AZURE_CREDENTIALS_H_
