// The tokens of ParseValueText: delimiters : , { } [ ] " and what stands between them, with a
// backslash that takes a delimiter's meaning. Looks ahead by one token and can go back. One thread.
#ifndef SLUICE_RUNTIME_RECORD_VALUE_TOKENS_H_
#define SLUICE_RUNTIME_RECORD_VALUE_TOKENS_H_

#include <optional>
#include <string_view>

#include "runtime/base/text.h"

namespace sluice::record {

class ValueTokens {
 public:
  explicit ValueTokens(std::string_view text) : text_(text) {}

  std::string_view text() const { return text_; }
  size_t Mark() const { return at_ - (ahead_ ? ahead_->size() : 0); }
  void RewindTo(size_t mark) {
    at_ = mark;
    ahead_.reset();
  }
  bool HasNext() const { return ahead_.has_value() || at_ < text_.size(); }
  std::string_view Next() {
    if (!ahead_) return Take();
    const std::string_view token = *ahead_;
    ahead_.reset();
    return token;
  }
  // The text of the next `count` tokens; nothing, and nothing is taken, if there are fewer.
  std::optional<std::string_view> Next(int count) {
    const size_t start = Mark();
    for (int i = 0; i < count; ++i) {
      if (!HasNext()) {
        RewindTo(start);
        return std::nullopt;
      }
      Next();
    }
    return text_.substr(start, at_ - start);
  }
  // Takes the next token if it is `expected`, with blanks around it; skips tokens of blanks in any
  // case.
  bool TryTake(std::string_view expected) {
    if (!ahead_) {
      if (!HasNext()) return false;
      ahead_ = Take();
    }
    while (Trim(*ahead_).empty() && at_ < text_.size()) ahead_ = Take();
    if (Trim(*ahead_) != expected) return false;
    ahead_.reset();
    return true;
  }

 private:
  static bool IsDelimiter(char c) {
    return c == ':' || c == ',' || c == '{' || c == '}' || c == '[' || c == ']' || c == '"';
  }
  std::string_view Take() {
    const size_t start = at_;
    for (bool escaped = false; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (!escaped && IsDelimiter(c)) {
        if (at_ == start) ++at_;
        break;
      }
      escaped = c == '\\' && !escaped;
    }
    return text_.substr(start, at_ - start);
  }

  const std::string_view text_;
  size_t at_ = 0;
  std::optional<std::string_view> ahead_;
};

}  // namespace sluice::record

#endif  // SLUICE_RUNTIME_RECORD_VALUE_TOKENS_H_
