#include "rest_api/header_policy.h"

#include <algorithm>
#include <ctime>

#include "runtime/base/log.h"
#include "runtime/base/text.h"

namespace sluice::rest_api {
namespace {

using Action = config::HeaderRule::Action;

// Those that say how the answer is sent: they are the server's.
bool IsFraming(std::string_view name) {
  constexpr std::string_view kNames[] = {"Content-Type", "Content-Length", "Transfer-Encoding",
                                         "Connection"};
  return std::any_of(std::begin(kNames), std::end(kNames),
                     [&](std::string_view one) { return EqualsIgnoreCase(one, name); });
}

void Set(HeaderPolicy::Headers& headers, const std::string& name, std::string value) {
  const auto same = [&](const auto& header) { return EqualsIgnoreCase(header.first, name); };
  const auto first = std::find_if(headers.begin(), headers.end(), same);
  if (first == headers.end()) {
    headers.emplace_back(name, std::move(value));
    return;
  }
  first->second = std::move(value);
  headers.erase(std::remove_if(first + 1, headers.end(), same), headers.end());
}

}  // namespace

std::string HttpDate(int64_t offset_ms) {
  const std::time_t when = std::time(nullptr) + offset_ms / 1000;
  std::tm utc{};
  if (gmtime_r(&when, &utc) == nullptr) return "Thu, 01 Jan 1970 00:00:00 GMT";
  char text[64];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return text;
}

StatusOr<HeaderPolicy> HeaderPolicy::Make(std::string_view origins, std::string_view methods,
                                          std::vector<config::HeaderRule> rules) {
  HeaderPolicy policy;
  for (const std::string& origin : SplitList(origins)) {
    policy.cors_ = true;
    if (origin == "*") {
      policy.any_origin_ = true;
      continue;
    }
    auto pattern = JavaRegex::Compile(StrCat("(?i)", origin));
    if (!pattern.ok()) {
      return ConfigError(StrCat("Invalid value ", origin,
                                " for configuration access.control.allow.origin: expected *, or "
                                "regular expressions with commas between them; ",
                                Message(pattern.status())));
    }
    policy.origins_.push_back(std::make_shared<const JavaRegex>(*std::move(pattern)));
  }
  policy.methods_ = StrJoin(SplitList(methods), ",");
  if (policy.methods_.empty()) policy.methods_ = "GET,POST,HEAD";
  for (config::HeaderRule& rule : rules) {
    if (IsFraming(rule.name)) {
      LogWarn("rest_api", "response.http.headers.config: ", rule.name,
              " is left as it is, it tells how an answer is sent");
    } else {
      policy.rules_.push_back(std::move(rule));
    }
  }
  return policy;
}

bool HeaderPolicy::Admits(std::string_view origin) const {
  if (any_origin_) return !origin.empty();
  for (const std::string_view one : Split(origin, ' ')) {  // whoever redirects adds its own
    const bool admitted = std::any_of(origins_.begin(), origins_.end(), [&](const auto& pattern) {
      return pattern->Matches(one).value_or(false);
    });
    if (admitted && !one.empty()) return true;
  }
  return false;
}

void HeaderPolicy::Apply(const Request& request, Headers& headers) const {
  if (cors_) {
    headers.emplace_back("Vary", "Origin");
    if (Admits(request.origin)) {
      headers.emplace_back("Access-Control-Allow-Origin", request.origin);
      if (request.method == "OPTIONS" && !request.preflight_method.empty()) {
        headers.emplace_back("Access-Control-Allow-Methods", methods_);
        headers.emplace_back("Access-Control-Allow-Headers", "Content-Type");
        headers.emplace_back("Access-Control-Max-Age", "60");
      }
    }
  }
  for (const config::HeaderRule& rule : rules_) {
    const bool date = rule.action == Action::kSetDate || rule.action == Action::kAddDate;
    std::string value = date ? HttpDate(ParseInt64(rule.value).value_or(0)) : rule.value;
    if (rule.action == Action::kAdd || rule.action == Action::kAddDate) {
      headers.emplace_back(rule.name, std::move(value));
    } else {
      Set(headers, rule.name, std::move(value));
    }
  }
}

}  // namespace sluice::rest_api
