#include "connectors/http/retry.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <stdexcept>

#include "connectors/shared/text.h"

namespace sluice::http {
namespace {

using std::chrono::milliseconds;

constexpr int64_t kSecondsMax = 100'000'000;  // three years: no overflow in milliseconds

std::optional<int64_t> WholeNumber(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

int StatusOf(std::string_view text) {
  const std::optional<int64_t> number = WholeNumber(shared::Trimmed(text));
  if (!number || *number < 100 || *number > 599) {
    throw std::invalid_argument(
        "expected codes from 100 to 599 and ranges of them, as in "
        "408,429,500-, but found '" +
        std::string(shared::Trimmed(text)) + "'");
  }
  return static_cast<int>(*number);
}

}  // namespace

StatusSet StatusSet::Parse(std::string_view text) {
  StatusSet set;
  std::string_view rest = shared::Trimmed(text);
  while (!rest.empty()) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view one = shared::Trimmed(rest.substr(0, comma));
    const size_t dash = one.find('-');
    const int first = StatusOf(one.substr(0, dash));
    int last = first;
    if (dash != std::string_view::npos) {
      last = dash + 1 == one.size() ? 599 : StatusOf(one.substr(dash + 1));
    }
    if (last < first) {
      throw std::invalid_argument("the range '" + std::string(one) + "' ends before it begins");
    }
    set.ranges_.emplace_back(first, last);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return set;
}

bool StatusSet::contains(int status) const {
  return std::any_of(ranges_.begin(), ranges_.end(), [&](const auto& range) {
    return range.first <= status && status <= range.second;
  });
}

std::optional<milliseconds> ParseRetryAfter(std::string_view value, int64_t now_seconds) {
  const std::string text(shared::Trimmed(value));
  if (text.empty()) return std::nullopt;
  std::optional<int64_t> seconds = WholeNumber(text);
  const bool digits =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits && !seconds) seconds = kSecondsMax;  // more than a number holds
  if (!digits) {
    const time_t at = curl_getdate(text.c_str(), nullptr);
    if (at < 0) return std::nullopt;
    seconds = static_cast<int64_t>(at) - now_seconds;
  }
  return milliseconds(std::clamp<int64_t>(*seconds, 0, kSecondsMax) * 1000);
}

std::optional<milliseconds> RetryAfterOf(const Outcome& outcome) {
  if (!outcome.answered()) return std::nullopt;
  const std::string* value = FindHeader(outcome.headers, "Retry-After");
  if (value == nullptr) return std::nullopt;
  return ParseRetryAfter(*value, static_cast<int64_t>(std::time(nullptr)));
}

milliseconds Backoff::Before(int64_t number, std::minstd_rand& random) const {
  int64_t time = std::max<int64_t>(first.count(), 0);
  for (int64_t i = 1; i < number && time > 0 && time < most.count(); ++i) time *= 2;
  time = std::min<int64_t>(time, most.count());
  std::uniform_int_distribution<int64_t> left_out(0, time / 2);
  return milliseconds(time - left_out(random));
}

milliseconds Backoff::Before(int64_t number, std::optional<milliseconds> asked_for,
                             std::minstd_rand& random) const {
  const milliseconds usual = Before(number, random);
  return asked_for ? std::max(usual, std::min(*asked_for, most_asked_for)) : usual;
}

bool Backoff::IsLimit(const Outcome& outcome) const {
  return outcome.status == 429 && most_asked_for > milliseconds(0) &&
         RetryAfterOf(outcome) > milliseconds(0);
}

}  // namespace sluice::http
