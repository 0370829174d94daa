#include "connectors/http/curl_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "connectors/http/url.h"
#include "connectors/sdk/errors.h"
#include "connectors/shared/text.h"

namespace sluice::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr size_t kHeaderBytesMax = 64 * 1024;

// Once a process, and never undone: other plugins have their own idea of when they are done.
bool InitLibrary() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

Result ResultOf(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return Result::kTimedOut;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_WRITE_ERROR:  // the answer is too large
    case CURLE_FILESIZE_EXCEEDED:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_USE_SSL_FAILED:
    case CURLE_NOT_BUILT_IN:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_BAD_FUNCTION_ARGUMENT:
      return Result::kImpossible;
    default:
      return Result::kAway;
  }
}

struct CurlCleanup {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

long Milliseconds(milliseconds time) {
  return static_cast<long>(std::clamp<int64_t>(time.count(), 1, 86'400'000));
}

void SetBlob(CURL* easy, CURLoption option, const std::string& text) {
  if (text.empty()) return;
  curl_blob blob{const_cast<char*>(text.data()), text.size(), CURL_BLOB_NOCOPY};
  curl_easy_setopt(easy, option, &blob);
}

}  // namespace

// A request under way, or none. libcurl holds pointers into it.
struct CurlClient::Slot {
  const ClientOptions* options = nullptr;
  std::unique_ptr<CURL, CurlCleanup> easy;
  std::unique_ptr<curl_slist, CurlCleanup> header_list;
  bool busy = false;
  uint64_t id = 0;
  Request request;
  Outcome outcome;
  size_t header_bytes = 0;
  bool too_large = false;
  char error[CURL_ERROR_SIZE] = {};

  static size_t OnBody(char* data, size_t, size_t size, void* context) {
    auto& slot = *static_cast<Slot*>(context);
    const size_t room = slot.options->answer_bytes_max - slot.outcome.body.size();
    if (size > room && slot.options->refuse_long_answers) {
      slot.too_large = true;
      return 0;
    }
    slot.outcome.cut = slot.outcome.cut || size > room;
    slot.outcome.body.append(data, std::min(size, room));
    return size;
  }
  static size_t OnHeader(char* data, size_t, size_t size, void* context) {
    auto& slot = *static_cast<Slot*>(context);
    const std::string_view line(data, size);
    if (line.starts_with("HTTP/")) {  // a new head: the one before was a 100's, or a proxy's
      slot.outcome.headers.clear();
      slot.header_bytes = 0;
      return size;
    }
    const size_t colon = line.find(':');
    slot.header_bytes += size;
    if (colon != std::string_view::npos && slot.header_bytes <= kHeaderBytesMax) {
      slot.outcome.headers.emplace_back(shared::Trimmed(line.substr(0, colon)),
                                        shared::Trimmed(line.substr(colon + 1)));
    }
    return size;
  }

  void AddHeader(const std::string& line) {
    curl_slist* longer = curl_slist_append(header_list.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(header_list.release());
    header_list.reset(longer);
  }
  void Finish(CURLcode code) {
    busy = false;
    if (code == CURLE_OK) {
      long status = 0;
      curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
      outcome.result = Result::kAnswered;
      outcome.status = static_cast<int>(status);
      return;
    }
    outcome.result = ResultOf(code);
    outcome.no_such_host = code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_URL_MALFORMAT;
    std::string where = "the server";
    try {
      where = Origin(request.url);
    } catch (const BadUrl&) {
      // Then the error says so.
    }
    std::string what = error[0] != '\0' ? error : curl_easy_strerror(code);
    if (code == CURLE_URL_MALFORMAT) what = curl_easy_strerror(code);  // the other may quote it
    if (too_large) {
      what = sdk::Cat("the answer has more than ", options->answer_bytes_max, " bytes");
    }
    outcome.error = sdk::Cat(where, ": ", what);
  }
};

struct CurlClient::Multi {
  CURLM* handle = curl_multi_init();
  ~Multi() {
    if (handle != nullptr) curl_multi_cleanup(handle);
  }
};

CurlClient::CurlClient(ClientOptions options) : options_(std::move(options)) {
  if (!InitLibrary()) throw sdk::ConnectException("libcurl could not be initialized");
  multi_ = std::make_unique<Multi>();
  if (multi_->handle == nullptr) throw sdk::ConnectException("libcurl could not be initialized");
  const size_t count = std::max<size_t>(options_.connections, 1);
  curl_multi_setopt(multi_->handle, CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(count));
  curl_multi_setopt(multi_->handle, CURLMOPT_MAXCONNECTS, static_cast<long>(count));
  for (size_t i = 0; i < count; ++i) {
    auto slot = std::make_unique<Slot>();
    slot->options = &options_;
    slot->easy.reset(curl_easy_init());
    if (slot->easy == nullptr) throw sdk::ConnectException("libcurl could not be initialized");
    SetFixedOptions(*slot);
    slots_.push_back(std::move(slot));
  }
}

CurlClient::~CurlClient() { CurlClient::Cancel(); }

void CurlClient::SetFixedOptions(Slot& slot) const {
  CURL* easy = slot.easy.get();
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &slot);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, slot.error);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");  // what libcurl can undo
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, Milliseconds(options_.connect_timeout));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, Milliseconds(options_.request_timeout));
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Slot::OnBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &slot);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Slot::OnHeader);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &slot);
  // An empty text: none, whatever the environment says.
  curl_easy_setopt(easy, CURLOPT_PROXY, options_.proxy.c_str());
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
  curl_easy_setopt(easy, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (!options_.proxy_user.empty()) {
    curl_easy_setopt(easy, CURLOPT_PROXYUSERNAME, options_.proxy_user.c_str());
    curl_easy_setopt(easy, CURLOPT_PROXYPASSWORD, options_.proxy_password.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, options_.verify_peer ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, options_.verify_host ? 2L : 0L);
  if (!options_.trusted.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    SetBlob(easy, CURLOPT_CAINFO_BLOB, options_.trusted);
  }
  SetBlob(easy, CURLOPT_SSLCERT_BLOB, options_.certificates);
  SetBlob(easy, CURLOPT_SSLKEY_BLOB, options_.key);
  if (!options_.key.empty()) {  // without one an encrypted key makes libcurl read a null pointer
    curl_easy_setopt(easy, CURLOPT_KEYPASSWD, options_.key_password.c_str());
  }
}

void CurlClient::Send(uint64_t id, Request request) {
  const auto free =
      std::find_if(slots_.begin(), slots_.end(), [](const auto& slot) { return !slot->busy; });
  if (free == slots_.end()) throw sdk::ConnectException("No connection is free for a request");
  Slot& slot = **free;
  slot.id = id;
  slot.request = std::move(request);
  slot.outcome = Outcome();
  slot.header_bytes = 0;
  slot.too_large = false;
  slot.error[0] = '\0';
  slot.header_list.reset();
  CURL* easy = slot.easy.get();
  const std::string& method = slot.request.method;
  const bool has_body =
      !slot.request.body.empty() || method == "POST" || method == "PUT" || method == "PATCH";
  if (has_body) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, slot.request.body.data());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(slot.request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    slot.AddHeader("Expect:");  // no waiting for a 100
  } else {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(easy, CURLOPT_URL, slot.request.url.c_str());
  if (has_body && FindHeader(slot.request.headers, "Content-Type") == nullptr) {
    slot.AddHeader("Content-Type:");  // not the one that libcurl would add
  }
  for (const auto& [name, value] : slot.request.headers) {
    // libcurl's way to send a header without a value.
    slot.AddHeader(value.empty() ? name + ";" : name + ": " + value);
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, slot.header_list.get());
  if (curl_multi_add_handle(multi_->handle, easy) != CURLM_OK) {
    throw sdk::ConnectException("libcurl did not take a request");
  }
  slot.busy = true;
  ++under_way_;
}

std::optional<Client::Done> CurlClient::Collect() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_->handle, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    CURL* easy = message->easy_handle;
    char* context = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &context);
    Slot& slot = *reinterpret_cast<Slot*>(context);
    slot.Finish(code);
    curl_multi_remove_handle(multi_->handle, easy);
    --under_way_;
    slot.request.body = std::string();  // it may be large
    return Done{slot.id, std::move(slot.outcome)};
  }
  return std::nullopt;
}

std::optional<Client::Done> CurlClient::Next(milliseconds wait) {
  const auto until = steady_clock::now() + wait;
  while (under_way_ > 0) {
    int running = 0;
    const CURLMcode code = curl_multi_perform(multi_->handle, &running);
    if (code != CURLM_OK) {
      throw sdk::ConnectException("libcurl failed: ", curl_multi_strerror(code));
    }
    if (std::optional<Done> done = Collect()) return done;
    if (woken_.exchange(false)) return std::nullopt;
    const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    if (left <= milliseconds(0)) return std::nullopt;
    const int most = static_cast<int>(std::min<int64_t>(left.count(), 1000));
    curl_multi_poll(multi_->handle, nullptr, 0, most, nullptr);
  }
  return std::nullopt;
}

void CurlClient::Cancel() {
  for (const auto& slot : slots_) {
    if (!std::exchange(slot->busy, false)) continue;
    curl_multi_remove_handle(multi_->handle, slot->easy.get());
    slot->request = Request();
    --under_way_;
  }
}

void CurlClient::Wake() {
  woken_ = true;
  curl_multi_wakeup(multi_->handle);
}

std::unique_ptr<Client> MakeTokenClient(const AuthorizationOptions& authorization,
                                        ClientOptions options) {
  if (!authorization.oauth2) return nullptr;
  options.connections = 1;
  options.answer_bytes_max = 1 << 20;
  options.refuse_long_answers = true;
  return std::make_unique<CurlClient>(std::move(options));
}

}  // namespace sluice::http
