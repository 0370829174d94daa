#include "connectors/http/url.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "connectors/shared/text.h"

namespace sluice::http {
namespace {

struct Cleanup {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(char* text) const { curl_free(text); }
};

constexpr char kExpected[] = "expected http:// or https:// at its beginning";

// One URL taken apart.
class Parsed {
 public:
  explicit Parsed(const std::string& url) : url_(curl_url()) {
    if (url_ == nullptr) throw std::bad_alloc();
    if (url.find('\0') != std::string::npos) throw BadUrl("it holds a NUL");
    const std::string lower = shared::Lower(url);
    const bool web = lower.starts_with("http:") || lower.starts_with("https:");
    if (!web) throw BadUrl(kExpected);
    Set(url);
    if (Get(CURLUPART_HOST).empty()) throw BadUrl("it has no host");
  }
  void Set(const std::string& url) {
    const CURLUcode code = curl_url_set(url_.get(), CURLUPART_URL, url.c_str(), 0);
    // A scheme that is missing is a bad one to libcurl, or a host.
    if (code == CURLUE_UNSUPPORTED_SCHEME || code == CURLUE_BAD_SCHEME) throw BadUrl(kExpected);
    if (code != CURLUE_OK) throw BadUrl(curl_url_strerror(code));
  }
  // "" where the URL has no such part.
  std::string Get(CURLUPart part, unsigned flags = 0) const {
    char* raw = nullptr;
    if (curl_url_get(url_.get(), part, &raw, flags) != CURLUE_OK) return "";
    const std::unique_ptr<char, Cleanup> text(raw);
    return text.get();
  }
  std::string Text() const { return Get(CURLUPART_URL); }

 private:
  const std::unique_ptr<CURLU, Cleanup> url_;
};

template <typename Look>
void EachPart(std::string_view query, Look&& look) {
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    if (end > 0) look(query.substr(0, end));
    query.remove_prefix(std::min(end + 1, query.size()));
  }
}

std::pair<std::string, std::string> ParameterOf(std::string_view part) {
  const size_t equals = std::min(part.find('='), part.size());
  return {std::string(part.substr(0, equals)),
          std::string(part.substr(std::min(equals + 1, part.size())))};
}

}  // namespace

void CheckUrl(const std::string& url) { Parsed parsed(url); }

std::string Origin(const std::string& url) {
  const Parsed parsed(url);
  return parsed.Get(CURLUPART_SCHEME) + "://" + parsed.Get(CURLUPART_HOST) + ":" +
         parsed.Get(CURLUPART_PORT, CURLU_DEFAULT_PORT);
}

std::string Resolve(const std::string& base, const std::string& reference) {
  if (reference.find('\0') != std::string::npos) throw BadUrl("it holds a NUL");
  Parsed parsed(base);
  parsed.Set(reference);
  const std::string resolved = parsed.Text();
  CheckUrl(resolved);  // the reference may have brought another scheme
  return resolved;
}

// Not by libcurl, which writes percent-encoded parts in its own way.
std::string WithQuery(const std::string& url, std::string_view encoded) {
  if (encoded.empty()) return url;
  CheckUrl(url);
  std::string whole = url.substr(0, url.find('#'));
  const size_t mark = whole.find('?');
  if (mark == std::string::npos) {
    whole.push_back('?');
  } else if (mark + 1 < whole.size()) {
    whole.push_back('&');
  }
  return whole.append(encoded);
}

Parameters QueryOf(const std::string& url) { return SplitQuery(Parsed(url).Get(CURLUPART_QUERY)); }

std::string PathAndQuery(const std::string& url, const Parameters& without) {
  const Parsed parsed(url);
  std::string text = parsed.Get(CURLUPART_PATH);
  char before = '?';
  EachPart(parsed.Get(CURLUPART_QUERY), [&](std::string_view part) {
    if (std::find(without.begin(), without.end(), ParameterOf(part)) != without.end()) return;
    text.push_back(std::exchange(before, '&'));
    text += part;
  });
  return text;
}

Parameters SplitQuery(std::string_view query) {
  Parameters parameters;
  EachPart(query, [&](std::string_view part) { parameters.push_back(ParameterOf(part)); });
  return parameters;
}

}  // namespace sluice::http
