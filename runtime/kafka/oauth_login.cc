#include "runtime/kafka/oauth_login.h"

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"

namespace sluice::kafka {
namespace {

// librdkafka asks again when four fifths of it are over.
constexpr int64_t kRetryLifeMs = 12'500;

Status Failed(std::string_view why) {
  return ConnectError(StrCat("sasl.mechanism=OAUTHBEARER: the token cannot be used: ", why));
}

}  // namespace

StatusOr<std::unique_ptr<OAuthLogin>> OAuthLogin::Begin(
    std::shared_ptr<oauth::TokenSource> source) {
  std::unique_ptr<OAuthLogin> login(new OAuthLogin(std::move(source)));
  SLUICE_ASSIGN_OR_RETURN(oauth::Token first, login->source_->Next());
  MutexLock lock(login->mutex_);
  login->last_ = std::move(first);
  return login;
}

void OAuthLogin::Configure(rd_kafka_conf_t* conf,
                           void (*refresh)(rd_kafka_t*, const char*, void*)) const {
  rd_kafka_conf_set_oauthbearer_token_refresh_cb(conf, refresh);
  rd_kafka_conf_enable_sasl_queue(conf, 1);
}

Status OAuthLogin::Attach(rd_kafka_t* client) {
  oauth::Token first;
  {
    MutexLock lock(mutex_);
    first = last_;
  }
  SLUICE_RETURN_IF_ERROR(Set(client, first, first.expires_at_ms));
  if (rd_kafka_error_t* error = rd_kafka_sasl_background_callbacks_enable(client)) {
    const Status status = Failed(rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    return status;
  }
  return OkStatus();
}

void OAuthLogin::Refresh(rd_kafka_t* client) {
  busy_ = true;
  auto next = source_->Next();
  busy_ = false;
  MutexLock lock(mutex_);
  Status status = next.status();
  if (next.ok()) {
    last_ = *std::move(next);
    status = Set(client, last_, last_.expires_at_ms);
  }
  if (status.ok()) return;
  LogWarn("kafka", rd_kafka_name(client), ": ", Message(status), ". It is tried again in 10 s");
  // Not told as an error, which would end the client: it may be connected, or connect, for as long
  // as the broker takes the last token.
  const Status kept = Set(client, last_, Clock::System().WallMillis() + kRetryLifeMs);
  if (!kept.ok())
    rd_kafka_oauthbearer_set_token_failure(client, std::string(Message(status)).c_str());
}

Status OAuthLogin::Set(rd_kafka_t* client, const oauth::Token& token, int64_t until_ms) const {
  std::vector<const char*> extensions;
  for (const auto& [name, value] : source_->extensions()) {
    extensions.push_back(name.c_str());
    extensions.push_back(value.c_str());
  }
  char text[512];
  const rd_kafka_resp_err_t code =
      rd_kafka_oauthbearer_set_token(client, token.value.c_str(), until_ms, token.principal.c_str(),
                                     extensions.data(), extensions.size(), text, sizeof text);
  return code == RD_KAFKA_RESP_ERR_NO_ERROR ? OkStatus() : Failed(text);
}

}  // namespace sluice::kafka
