// A service account of Google's: a claim that its private key has signed (RS256) is exchanged for a
// token, which is good for an hour.
#include <memory>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "connectors/object_store_sink/credentials.h"
#include "connectors/object_store_sink/store_error.h"
#include "connectors/object_store_sink/uri.h"
#include "connectors/sdk/errors.h"
#include "connectors/shared/base64.h"
#include "connectors/shared/text.h"

namespace sluice::object_store_sink {
namespace {

constexpr std::string_view kScope = "https://www.googleapis.com/auth/devstorage.read_write";

struct KeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyFree>;

std::string Base64Url(std::string_view bytes) {
  std::string out = shared::Base64(bytes);
  while (!out.empty() && out.back() == '=') out.pop_back();
  for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return out;
}

Key ReadKey(const std::string& pem) {
  const std::unique_ptr<BIO, int (*)(BIO*)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  // Without a function that asks for a password on the terminal.
  const auto none = [](char*, int, int, void*) { return 0; };
  return Key(PEM_read_bio_PrivateKey(bio.get(), nullptr, none, nullptr));
}

std::string SignRs256(EVP_PKEY* key, std::string_view text) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   &EVP_MD_CTX_free);
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  size_t size = 0;
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1) {
    throw StoreError(StoreErrorKind::kFatal, "The service account's key cannot sign");
  }
  std::string out(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes,
                     text.size()) != 1) {
    throw StoreError(StoreErrorKind::kFatal, "The service account's key cannot sign");
  }
  out.resize(size);
  return out;
}

class ServiceAccount : public RenewedCredentials {
 public:
  ServiceAccount(HttpTransport& http, std::string email, std::string token_uri, Key key,
                 Clock clock)
      : RenewedCredentials(std::move(clock)),
        http_(http),
        email_(std::move(email)),
        token_uri_(std::move(token_uri)),
        key_(std::move(key)) {}

 private:
  Credentials Ask() override {
    const int64_t now = this->now();
    const std::string head = Base64Url(R"({"alg":"RS256","typ":"JWT"})");
    const std::string claim =
        Base64Url(sdk::Cat(R"({"iss":")", email_, R"(","scope":")", kScope, R"(","aud":")",
                           token_uri_, R"(","iat":)", now, R"(,"exp":)", now + 3600, "}"));
    const std::string text = sdk::Cat(head, ".", claim);
    const std::string assertion = sdk::Cat(text, ".", Base64Url(SignRs256(key_.get(), text)));
    const std::string body = sdk::Cat(
        "grant_type=", shared::PercentEncode("urn:ietf:params:oauth:grant-type:jwt-bearer"),
        "&assertion=", assertion);
    const HttpResponse answer = http_.Send(
        {"POST", token_uri_, {{"Content-Type", "application/x-www-form-urlencoded"}}, body});
    Credentials out;
    out.bearer = JsonText(answer.body, "access_token");
    if (answer.status != 200 || out.bearer.empty()) {
      const bool passing = answer.status >= 500 || answer.status == 429;
      throw StoreError(passing ? StoreErrorKind::kTransient : StoreErrorKind::kFatal,
                       sdk::Cat("No token for ", email_, " from ", token_uri_, ": the answer is ",
                                answer.status, " ", JsonText(answer.body, "error"), " ",
                                JsonText(answer.body, "error_description")));
    }
    const std::string lasts = JsonText(answer.body, "expires_in");
    out.expires_at = now + (lasts.empty() ? 3600 : std::atoll(lasts.c_str()));
    return out;
  }

  HttpTransport& http_;
  const std::string email_, token_uri_;
  const Key key_;
};

}  // namespace

std::unique_ptr<CredentialsProvider> GoogleCredentials(HttpTransport& http, std::string_view key,
                                                       std::string_view json, Clock clock) {
  std::string token_uri = JsonText(json, "token_uri");
  if (token_uri.empty()) token_uri = "https://oauth2.googleapis.com/token";
  std::string email = JsonText(json, "client_email");
  Key private_key = ReadKey(JsonText(json, "private_key"));
  if (email.empty() || private_key == nullptr) {
    throw sdk::ConfigException::Invalid(
        key, "[hidden]",
        "expected a service account's key as JSON, with client_email and private_key");
  }
  return std::make_unique<ServiceAccount>(http, std::move(email), std::move(token_uri),
                                          std::move(private_key), std::move(clock));
}

}  // namespace sluice::object_store_sink
