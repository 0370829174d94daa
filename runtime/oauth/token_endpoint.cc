#include "runtime/oauth/token_endpoint.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstring>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/base/json.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/http/url.h"
#include "runtime/tls/client_context.h"

namespace sluice::oauth {
namespace {

constexpr size_t kAnswerBytesMax = 1 << 20;
constexpr milliseconds kSlice{20};  // of a wait for another thread's answer
constexpr milliseconds kServe{1};   // what a waiter gets in between

Status BadUrl(const TokenSettings& settings) {
  const bool secret = settings.url.find('@') != std::string::npos;  // a password, it may be
  return ConfigError(StrCat("Invalid value ", secret ? "[hidden]" : settings.url,
                            " for configuration ", settings.url_key,
                            ": expected https://host:port/path, or file:///path"));
}

std::string UrlEncode(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || std::strchr("-_.*", c) != nullptr) {
      out.push_back(c);
    } else if (c == ' ') {
      out.push_back('+');
    } else {
      out.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
    }
  }
  return out;
}

// Whether another try may do better: not when the request is what is wrong.
bool MayPass(int status) {
  if (status == 408 || status == 429) return true;
  return status >= 500 && status != 501 && status != 505;
}

Status Refused(const http::Response& answer) {
  std::string why;
  if (const auto json = ParseJson(answer.body, 20); json.ok()) {
    const rapidjson::Value* named = FindJsonMember(*json, "error");
    if (named != nullptr && named->IsString()) why = StrCat(" (", JsonText(*named), ")");
  }
  const std::string text = StrCat("it answers with status ", answer.status, why);
  return MayPass(answer.status) ? RetriableError(text) : ConnectError(text);
}

}  // namespace

StatusOr<std::shared_ptr<TokenEndpoint>> TokenEndpoint::Make(const TokenSettings& settings) {
  const StatusOr<http::Url> url = http::ParseUrl(settings.url);
  if (!url.ok() || !url->user_info.empty()) return BadUrl(settings);
  auto endpoint = std::make_shared<TokenEndpoint>();
  endpoint->settings_ = settings;
  http::ClientOptions options;
  options.connect_timeout = settings.connect_timeout;
  options.read_timeout = settings.read_timeout;
  options.response_bytes_max = kAnswerBytesMax;
  if (url->tls) {
    std::vector<std::string> notes;
    SLUICE_ASSIGN_OR_RETURN(options.tls, tls::ClientContext::Make(settings.options, notes));
    for (const std::string& note : notes) LogInfo("oauth", "Setting without effect: ", note);
  }
  endpoint->client_ = http::NewClient(std::move(options));
  std::string id = settings.client_id, secret = settings.client_secret;
  if (id.empty() || secret.empty()) {
    return ConfigError(StrCat(settings.url_key,
                              " needs sasl.oauthbearer.client.credentials.client.id and "
                              ".client.secret, or clientId and clientSecret in sasl.jaas.config"));
  }
  if (settings.url_encode) {
    id = UrlEncode(id);
    secret = UrlEncode(secret);
  }
  http::Request& request = endpoint->request_;
  request.method = "POST";
  request.url = settings.url;
  request.headers = {{"Authorization", StrCat("Basic ", Base64Encode(StrCat(id, ":", secret)))},
                     {"Accept", "application/json"},
                     {"Cache-Control", "no-cache"},
                     {"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = "grant_type=client_credentials";
  if (!settings.scope.empty()) StrAppend(request.body, "&scope=", UrlEncode(settings.scope));
  return endpoint;
}

StatusOr<Token> TokenEndpoint::Next(Waiter* waiter) {
  SLUICE_ASSIGN_OR_RETURN(const bool mine, Claim(waiter));
  if (!mine) {
    MutexLock lock(mutex_);
    return last_;
  }
  const TimePoint asked = std::chrono::steady_clock::now();
  auto fetched = FetchPatiently(waiter);
  MutexLock lock(mutex_);
  asking_ = false;
  answered_.NotifyAll();
  if (IsStopped(fetched.status())) return fetched.status();  // who waits asks by itself
  ++answers_;
  failure_ = fetched.status();
  if (!fetched.ok()) {
    const std::string text =
        StrCat("No token from ", settings_.url, " (", settings_.url_key, "): ", Message(failure_));
    failure_ = IsRetriable(failure_) ? RetriableError(text) : ConnectError(text);
    return failure_;
  }
  last_ = std::move(fetched->token);
  renew_at_ = asked + RenewAfter(fetched->life, settings_.expiry_buffer);
  return last_;
}

StatusOr<bool> TokenEndpoint::Claim(Waiter* waiter) {
  std::optional<uint64_t> before;
  while (true) {
    {
      MutexLock lock(mutex_);
      if (!before) before = answers_;
      if (asking_) answered_.WaitFor(mutex_, kSlice);
      if (!asking_) {
        if (answers_ != *before && !failure_.ok()) return failure_;
        if (!last_.value.empty() && std::chrono::steady_clock::now() < renew_at_) return false;
        asking_ = true;
        return true;
      }
    }
    if (waiter != nullptr && !waiter->Wait(kServe)) return StoppedError();
  }
}

StatusOr<TokenEndpoint::Fetched> TokenEndpoint::FetchPatiently(Waiter* waiter) const {
  const TimePoint end = std::chrono::steady_clock::now() + settings_.retry_backoff_max;
  milliseconds backoff = std::max(settings_.retry_backoff, milliseconds(1));
  while (true) {
    auto fetched = Fetch(waiter);
    if (fetched.ok() || !IsRetriable(fetched.status())) return fetched;
    TimePoint now = std::chrono::steady_clock::now();
    if (now >= end) return fetched;
    for (const TimePoint until = std::min(now + backoff, end); now < until;
         now = std::chrono::steady_clock::now()) {
      const auto left = std::chrono::ceil<milliseconds>(until - now);
      if (waiter == nullptr) {
        std::this_thread::sleep_for(left);
      } else if (!waiter->Wait(left)) {
        return StoppedError();
      }
    }
    backoff *= 2;
  }
}

StatusOr<TokenEndpoint::Fetched> TokenEndpoint::Fetch(Waiter* waiter) const {
  SLUICE_ASSIGN_OR_RETURN(const http::Response answer,
                          http::SendAndWait(*client_, request_, waiter));
  if (answer.status != 200) return Refused(answer);
  const auto json = ParseJson(answer.body, 20);
  if (!json.ok()) return ConnectError("the answer is no JSON");
  const rapidjson::Value* token = FindJsonMember(*json, "access_token");
  if (token == nullptr || !token->IsString() || token->GetStringLength() == 0) {
    return ConnectError("the answer has no access_token");
  }
  Fetched fetched;
  fetched.token.value = std::string(JsonText(*token));
  ReadClaims(settings_.subject_claim, fetched.token);
  const int64_t now = Clock::System().WallMillis();
  const rapidjson::Value* life = FindJsonMember(*json, "expires_in");
  if (life != nullptr && life->IsInt() && life->GetInt() > 0) {
    fetched.life = std::chrono::seconds(std::min(life->GetInt(), 86'400));
    fetched.token.expires_at_ms = now + fetched.life.count();
  } else if (fetched.token.expires_at_ms > now) {
    fetched.life = milliseconds(std::min<int64_t>(fetched.token.expires_at_ms - now, 86'400'000));
  }
  return fetched;
}

}  // namespace sluice::oauth
