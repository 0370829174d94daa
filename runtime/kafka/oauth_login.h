// Gives one librdkafka client its OAUTHBEARER tokens. The first is there before the client is, so
// that a client without a token is never made; each next one is fetched on librdkafka's background
// thread when four fifths of the last one's life are over, so that no caller of ours waits for it.
// For handle.cc only.
#ifndef SLUICE_RUNTIME_KAFKA_OAUTH_LOGIN_H_
#define SLUICE_RUNTIME_KAFKA_OAUTH_LOGIN_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "runtime/base/mutex.h"
#include "runtime/base/status.h"
#include "runtime/oauth/token_source.h"

struct rd_kafka_s;
struct rd_kafka_conf_s;

namespace sluice::kafka {

class OAuthLogin {
 public:
  // Fetches the first token, which blocks. Errors are the source's; they name the key.
  static StatusOr<std::unique_ptr<OAuthLogin>> Begin(std::shared_ptr<oauth::TokenSource> source);

  // Before the client is made: that it calls Refresh, by `refresh`, on its background thread.
  void Configure(rd_kafka_conf_s* conf,
                 void (*refresh)(rd_kafka_s*, const char*, void* opaque)) const;
  // As soon as it is made.
  Status Attach(rd_kafka_s* client);
  // A new token. Without one the client keeps the last, and asks again in 10 s, as a Java client:
  // whether the old one still will do, the broker says. Background thread.
  void Refresh(rd_kafka_s* client);
  // A token is being fetched, so that the client's end would wait for it. Any thread.
  bool busy() const { return busy_; }

 private:
  explicit OAuthLogin(std::shared_ptr<oauth::TokenSource> source) : source_(std::move(source)) {}
  // `until`: when the client shall take it to be over.
  Status Set(rd_kafka_s* client, const oauth::Token& token, int64_t until_ms) const;

  const std::shared_ptr<oauth::TokenSource> source_;
  std::atomic<bool> busy_{false};
  Mutex mutex_;
  oauth::Token last_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sluice::kafka

#endif  // SLUICE_RUNTIME_KAFKA_OAUTH_LOGIN_H_
