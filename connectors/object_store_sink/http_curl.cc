#include <algorithm>
#include <cstring>
#include <mutex>

#include <curl/curl.h>

#include "connectors/object_store_sink/http.h"
#include "connectors/object_store_sink/store_error.h"
#include "connectors/sdk/errors.h"
#include "connectors/shared/text.h"

namespace sluice::object_store_sink {
namespace {

// An answer of ours is XML or JSON of a few KB; more is none.
constexpr size_t kBodyMax = 4 << 20;

struct ListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListFree>;

void Add(List& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  static_cast<void>(list.release());
  list.reset(longer);
}

struct Body {
  std::string_view left;
  std::string_view all;
};

size_t ReadBody(char* to, size_t size, size_t count, void* context) {
  auto* body = static_cast<Body*>(context);
  const size_t taken = std::min(size * count, body->left.size());
  if (taken > 0) std::memcpy(to, body->left.data(), taken);
  body->left.remove_prefix(taken);
  return taken;
}

int SeekBody(void* context, curl_off_t offset, int origin) {
  auto* body = static_cast<Body*>(context);
  if (origin != SEEK_SET || offset < 0 || static_cast<size_t>(offset) > body->all.size()) {
    return CURL_SEEKFUNC_CANTSEEK;
  }
  body->left = body->all.substr(static_cast<size_t>(offset));
  return CURL_SEEKFUNC_OK;
}

size_t TakeBody(char* from, size_t size, size_t count, void* context) {
  auto* body = static_cast<std::string*>(context);
  if (body->size() + size * count > kBodyMax) return 0;
  body->append(from, size * count);
  return size * count;
}

size_t TakeHeader(char* from, size_t size, size_t count, void* context) {
  auto* response = static_cast<HttpResponse*>(context);
  std::string_view line(from, size * count);
  if (line.starts_with("HTTP/")) {  // an interim answer's headers are none
    response->headers.clear();
    return size * count;
  }
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || response->headers.size() > 200) return size * count;
  std::string name = shared::Lower(line.substr(0, colon));
  line.remove_prefix(colon + 1);
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  response->headers.emplace_back(std::move(name), line);
  return size * count;
}

int WatchStop(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const shared::StopSignal*>(context)->requested() ? 1 : 0;
}

// What no second try mends.
bool IsFatal(CURLcode code) {
  switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_WRITE_ERROR:
      return true;
    default:
      return false;
  }
}

class CurlTransport : public HttpTransport {
 public:
  CurlTransport(const HttpOptions& options, shared::StopSignal& stop)
      : options_(options), stop_(stop) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    curl_ = curl_easy_init();
    if (curl_ == nullptr) throw sdk::ConnectException("libcurl could not be started");
  }
  ~CurlTransport() override { curl_easy_cleanup(curl_); }

  HttpResponse Send(const HttpRequest& request) override {
    HttpResponse response;
    Body body{request.body, request.body};
    curl_easy_reset(curl_);  // connections stay
    SetOptions();
    Set(CURLOPT_URL, request.url.c_str());
    if (request.direct) Set(CURLOPT_NOPROXY, "*");
    if (request.clean_up_s > 0) {
      Set(CURLOPT_NOPROGRESS, 1L);
      Set(CURLOPT_TIMEOUT, static_cast<long>(request.clean_up_s));
    }
    Set(CURLOPT_XFERINFODATA, const_cast<shared::StopSignal*>(&stop_));
    Set(CURLOPT_WRITEDATA, &response.body);
    Set(CURLOPT_HEADERDATA, &response);
    SetMethod(request, body);
    List headers;
    for (const auto& [name, value] : request.headers) {
      Add(headers, value.empty() ? sdk::Cat(name, ";") : sdk::Cat(name, ": ", value));
    }
    // What curl adds by itself would not be wrong, but nothing has asked for it.
    Add(headers, "Accept:");
    if (!options_.expect_continue) Add(headers, "Expect:");
    Set(CURLOPT_HTTPHEADER, headers.get());
    char text[CURL_ERROR_SIZE] = "";
    Set(CURLOPT_ERRORBUFFER, text);
    const CURLcode code = curl_easy_perform(curl_);
    curl_easy_setopt(curl_, CURLOPT_ERRORBUFFER, nullptr);
    if (code != CURLE_OK) {
      throw StoreError(IsFatal(code) ? StoreErrorKind::kFatal : StoreErrorKind::kTransient,
                       sdk::Cat(request.method, " ", Bare(request.url), ": ",
                                text[0] != '\0' ? text : curl_easy_strerror(code)));
    }
    long status = 0;
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
    response.status = static_cast<int>(status);
    return response;
  }

 private:
  template <typename T>
  void Set(CURLoption option, T value) {
    if (const CURLcode code = curl_easy_setopt(curl_, option, value); code != CURLE_OK) {
      throw StoreError(StoreErrorKind::kFatal,
                       sdk::Cat("libcurl refuses an option: ", curl_easy_strerror(code)));
    }
  }

  void SetOptions() {
    Set(CURLOPT_NOSIGNAL, 1L);
    Set(CURLOPT_PROTOCOLS_STR, "http,https");
    Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    Set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(options_.connect_timeout_s));
    Set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    Set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(options_.stall_timeout_s));
    Set(CURLOPT_NOPROGRESS, 0L);
    Set(CURLOPT_XFERINFOFUNCTION, &WatchStop);
    Set(CURLOPT_WRITEFUNCTION, &TakeBody);
    Set(CURLOPT_HEADERFUNCTION, &TakeHeader);
    Set(CURLOPT_TCP_NODELAY, 1L);
    Set(CURLOPT_PATH_AS_IS, 1L);  // as it was signed
    Set(CURLOPT_UPLOAD_BUFFERSIZE, 512L * 1024);
    if (!options_.ca_file.empty()) Set(CURLOPT_CAINFO, options_.ca_file.c_str());
    if (options_.proxy_url.empty()) return;
    Set(CURLOPT_PROXY, options_.proxy_url.c_str());
    if (options_.proxy_user.empty()) return;
    Set(CURLOPT_PROXYUSERNAME, options_.proxy_user.c_str());
    Set(CURLOPT_PROXYPASSWORD, options_.proxy_password.c_str());
  }

  void SetMethod(const HttpRequest& request, Body& body) {
    if (request.method == "HEAD") {
      Set(CURLOPT_NOBODY, 1L);
    } else if (request.method == "PUT") {
      Set(CURLOPT_UPLOAD, 1L);
      Set(CURLOPT_READFUNCTION, &ReadBody);
      Set(CURLOPT_READDATA, &body);
      Set(CURLOPT_SEEKFUNCTION, &SeekBody);
      Set(CURLOPT_SEEKDATA, &body);
      Set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(body.all.size()));
    } else if (request.method == "POST") {
      Set(CURLOPT_POST, 1L);
      Set(CURLOPT_POSTFIELDS, body.all.data() == nullptr ? "" : body.all.data());
      Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.all.size()));
    } else {
      Set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
  }

  static std::string_view Bare(std::string_view url) { return url.substr(0, url.find('?')); }

  const HttpOptions options_;
  const shared::StopSignal& stop_;
  CURL* curl_;
};

}  // namespace

std::unique_ptr<HttpTransport> NewCurlTransport(const HttpOptions& options,
                                                shared::StopSignal& stop) {
  return std::make_unique<CurlTransport>(options, stop);
}

}  // namespace sluice::object_store_sink
