// What a check comes to. Plain values.
#ifndef TESTS_CONFORMANCE_OUTCOME_H_
#define TESTS_CONFORMANCE_OUTCOME_H_

#include <string>
#include <string_view>

#include "runtime/base/status.h"
#include "runtime/base/text.h"

namespace sluice::conformance {

struct Outcome {
  enum class Kind { kPass, kFail, kSkip };
  Kind kind = Kind::kPass;
  std::string why = {};
};

inline Outcome Pass() { return {}; }
template <typename... Pieces>
Outcome Fail(const Pieces&... pieces) {
  return {Outcome::Kind::kFail, StrCat(pieces...)};
}
template <typename... Pieces>
Outcome Skip(const Pieces&... pieces) {
  return {Outcome::Kind::kSkip, StrCat(pieces...)};
}
inline Outcome FailWith(std::string_view where, const Status& status) {
  return Fail(where, ": ", Describe(status));
}

}  // namespace sluice::conformance

// Ends a check with what `expr` did not manage to do.
#define CONFORMANCE_TRY(where, expr)                                                    \
  do {                                                                                  \
    if (::sluice::Status tried_ = (expr); !tried_.ok()) return FailWith(where, tried_); \
  } while (false)

#endif  // TESTS_CONFORMANCE_OUTCOME_H_
