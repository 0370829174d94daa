#include "connectors/object_store_sink/azure_credentials.h"

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

#include "connectors/object_store_sink/store_error.h"
#include "connectors/object_store_sink/uri.h"
#include "connectors/sdk/text.h"

namespace sluice::object_store_sink {
namespace {

constexpr std::string_view kStorage = "https://storage.azure.com/";
constexpr std::string_view kMetadata = "http://169.254.169.254/metadata/identity/oauth2/token";

std::string TextOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file || text.empty()) {
    throw StoreError(StoreErrorKind::kTransient,
                     sdk::Cat("AZURE_FEDERATED_TOKEN_FILE: ", path, " cannot be read"));
  }
  return text;
}

class Tokens : public RenewedCredentials {
 public:
  Tokens(HttpTransport& http, AzureIdentity identity, Environment environment, Clock clock)
      : RenewedCredentials(std::move(clock)),
        http_(http),
        identity_(std::move(identity)),
        environment_(std::move(environment)) {}

 private:
  std::string Variable(const char* name) const {
    const char* value = environment_(name);
    return value == nullptr ? "" : value;
  }

  Credentials Ask() override {
    if (!identity_.client_key.empty()) return OfPrincipal();
    if (!Variable("AZURE_FEDERATED_TOKEN_FILE").empty()) return OfFederation();
    if (!Variable("IDENTITY_ENDPOINT").empty()) return OfAppService();
    return OfMachine();
  }

  Credentials OfPrincipal() {
    // Version 1 of the endpoint names a resource, version 2 a scope.
    const bool scoped = identity_.token_endpoint.find("/v2.0/") != std::string::npos;
    const Query form = {{"grant_type", "client_credentials"},
                        {"client_id", identity_.client_id},
                        {"client_secret", identity_.client_key},
                        scoped ? Scope() : Resource()};
    return Post(identity_.token_endpoint, form);
  }

  Credentials OfFederation() {
    std::string host = Variable("AZURE_AUTHORITY_HOST");
    if (host.empty()) host = "https://login.microsoftonline.com/";
    if (!host.ends_with('/')) host.push_back('/');
    const Query form = {
        {"grant_type", "client_credentials"},
        {"client_id",
         identity_.client_id.empty() ? Variable("AZURE_CLIENT_ID") : identity_.client_id},
        {"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
        {"client_assertion", TextOf(Variable("AZURE_FEDERATED_TOKEN_FILE"))},
        Scope()};
    return Post(sdk::Cat(host, Variable("AZURE_TENANT_ID"), "/oauth2/v2.0/token"), form);
  }

  Credentials OfAppService() {
    return Fetch(Variable("IDENTITY_ENDPOINT"), "2019-08-01",
                 {{"X-IDENTITY-HEADER", Variable("IDENTITY_HEADER")}});
  }

  Credentials OfMachine() {
    try {
      return Fetch(kMetadata, "2018-02-01", {{"Metadata", "true"}});
    } catch (const StoreError& error) {
      // Without any answer this is no machine of Azure's, unless it has answered before.
      if (error.status() != 0 || asked_) throw;
      throw StoreError(
          StoreErrorKind::kFatal,
          sdk::Cat("No credentials: expected an account's key, a SAS or a client's key, the "
                   "variables AZURE_FEDERATED_TOKEN_FILE or IDENTITY_ENDPOINT, or a machine of "
                   "Azure's with an identity; ",
                   error.what()));
    }
  }

  static Query::value_type Resource() { return {"resource", std::string(kStorage)}; }
  static Query::value_type Scope() { return {"scope", sdk::Cat(kStorage, ".default")}; }

  Credentials Post(const std::string& url, const Query& form) {
    const std::string body = EscapeQuery(form);
    return Parse(
        url,
        http_.Send({"POST", url, {{"Content-Type", "application/x-www-form-urlencoded"}}, body}));
  }
  Credentials Fetch(std::string_view url, std::string_view version, Headers headers) {
    Query query = {{"api-version", std::string(version)}, Resource()};
    if (!identity_.client_id.empty()) query.emplace_back("client_id", identity_.client_id);
    HttpRequest request{"GET", sdk::Cat(url, "?", EscapeQuery(query)), std::move(headers)};
    request.direct = true;
    return Parse(url, http_.Send(request));
  }

  Credentials Parse(std::string_view url, const HttpResponse& answer) {
    Credentials out;
    out.bearer = JsonText(answer.body, "access_token");
    if (answer.status != 200 || out.bearer.empty()) {
      const bool passing = answer.status >= 500 || answer.status == 429 || answer.status == 410 ||
                           answer.status == 408;
      std::string why = JsonText(answer.body, "error_description");
      why = why.substr(0, why.find_first_of("\r\n"));
      throw StoreError(passing ? StoreErrorKind::kTransient : StoreErrorKind::kFatal,
                       sdk::Cat("No token from ", url, ": the answer is ", answer.status, " ",
                                JsonText(answer.body, "error"), " ", why),
                       answer.status);
    }
    const std::string lasts = JsonText(answer.body, "expires_in");
    const std::string until = JsonText(answer.body, "expires_on");  // the app service's, alone
    out.expires_at = !lasts.empty() || until.empty()
                         ? now() + (lasts.empty() ? 3600 : std::atoll(lasts.c_str()))
                         : std::atoll(until.c_str());
    asked_ = true;
    return out;
  }

  HttpTransport& http_;
  const AzureIdentity identity_;
  const Environment environment_;
  bool asked_ = false;  // with an answer
};

}  // namespace

std::unique_ptr<CredentialsProvider> AzureCredentials(HttpTransport& http, AzureIdentity identity,
                                                      Environment environment, Clock clock) {
  return std::make_unique<Tokens>(http, std::move(identity), std::move(environment),
                                  std::move(clock));
}

}  // namespace sluice::object_store_sink
