// Who we are: keys of the configuration, or the chain of AWS's SDKs (environment, the shared file,
// a container's, an instance's role), or a token of Google's. One thread at a time.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_CREDENTIALS_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_CREDENTIALS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "connectors/object_store_sink/http.h"
#include "connectors/object_store_sink/signature.h"

namespace sluice::object_store_sink {

using Clock = std::function<int64_t()>;  // epoch seconds

class CredentialsProvider {
 public:
  virtual ~CredentialsProvider() = default;
  // Those that are valid now; asks again when they are about to expire. Throws StoreError.
  virtual const Credentials& Get() = 0;
  // The store said that they are not valid any more.
  virtual void Forget() {}
};

// Asks five minutes before they expire. If that fails, those that are known are good to their end.
class RenewedCredentials : public CredentialsProvider {
 public:
  explicit RenewedCredentials(Clock clock) : clock_(std::move(clock)) {}
  const Credentials& Get() final;
  void Forget() final { known_.reset(); }

 protected:
  virtual Credentials Ask() = 0;
  int64_t now() const { return clock_(); }

 private:
  const Clock clock_;
  std::optional<Credentials> known_;
  int64_t next_try_ = 0;
};

std::unique_ptr<CredentialsProvider> StaticCredentials(Credentials credentials);

// Reads variables of the environment, so that a test gives its own; nullptr: not set.
using Environment = std::function<const char*(const char*)>;
// AWS_ACCESS_KEY_ID and its fellows; ~/.aws/credentials; AWS_CONTAINER_CREDENTIALS_*; the
// instance's metadata (IMDSv2). The first that has any is taken.
std::unique_ptr<CredentialsProvider> ChainCredentials(HttpTransport& http, Environment environment,
                                                      Clock clock);
// A service account's key file, as JSON: a token by OAuth, renewed before it expires. Throws
// ConfigException, by the key `key`.
std::unique_ptr<CredentialsProvider> GoogleCredentials(HttpTransport& http, std::string_view key,
                                                       std::string_view json, Clock clock);

// For the implementations: the text of a member of a flat JSON object, "" if it has none.
std::string JsonText(std::string_view object, std::string_view member);
// 2024-02-29T12:30:00Z as epoch seconds; 0: it is none.
int64_t ParseUtc(std::string_view text);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_CREDENTIALS_H_
