// When a request may be sent again. Pure functions and plain values; one thread.
#ifndef SLUICE_CONNECTORS_HTTP_RETRY_H_
#define SLUICE_CONNECTORS_HTTP_RETRY_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connectors/http/message.h"

namespace sluice::http {

using TimePoint = std::chrono::steady_clock::time_point;
using Now = std::function<TimePoint()>;

// Status codes as Confluent's connectors write them: 408,429,500-503,511- (an open end: up to 599).
class StatusSet {
 public:
  StatusSet() = default;
  // Throws std::invalid_argument: what was expected, what was found.
  static StatusSet Parse(std::string_view text);
  bool contains(int status) const;

 private:
  std::vector<std::pair<int, int>> ranges_;
};

// The header's two forms (RFC 9110, 10.2.3): seconds, or a date. Nothing if it is neither.
// `now_seconds`: since the epoch.
std::optional<std::chrono::milliseconds> ParseRetryAfter(std::string_view value,
                                                         int64_t now_seconds);
// What the answer says by Retry-After, if it does.
std::optional<std::chrono::milliseconds> RetryAfterOf(const Outcome& outcome);
// The time before try number 1, 2, ...: doubled each time up to a bound, of which a random half is
// left out, so that tasks that failed together do not come together. What the server asked for by
// Retry-After, up to its own bound, may make it longer.
struct Backoff {
  std::chrono::milliseconds first{3000};
  std::chrono::milliseconds most{60'000};
  std::chrono::milliseconds most_asked_for{300'000};

  std::chrono::milliseconds Before(int64_t number, std::minstd_rand& random) const;
  std::chrono::milliseconds Before(int64_t number,
                                   std::optional<std::chrono::milliseconds> asked_for,
                                   std::minstd_rand& random) const;
  // It is an answer 429 that says when to come again, and that is not at once: its server does not
  // fail, and a request that waits for it has not failed either.
  bool IsLimit(const Outcome& outcome) const;
};

}  // namespace sluice::http

#endif  // SLUICE_CONNECTORS_HTTP_RETRY_H_
