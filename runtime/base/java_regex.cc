#define PCRE2_CODE_UNIT_WIDTH 8
#include "runtime/base/java_regex.h"

#include <pcre2.h>

#include <utility>

#include "runtime/base/java_regex_syntax.h"
#include "runtime/base/text.h"

namespace sluice {
namespace {

// About 50 ms of matching on this decade's machines; a sane pattern on a topic's name takes some
// tens of steps.
constexpr uint32_t kStepsMax = 1'000'000;
constexpr uint32_t kHeapKibMax = 16 * 1024;
// The same longest text that a pattern may have as a Kafka Connect configuration value would
// sensibly have.
constexpr size_t kPatternMax = 64 * 1024;

Status SyntaxError(std::string_view what, size_t index, std::string_view pattern) {
  return ExceptionError(absl::StatusCode::kInvalidArgument,
                        "java.util.regex.PatternSyntaxException",
                        StrCat(what, " near index ", index, "\n", pattern));
}
Status IllegalArgument(std::string_view text) {
  return ExceptionError(absl::StatusCode::kInvalidArgument, "java.lang.IllegalArgumentException",
                        text);
}
Status NoGroup(size_t number) {
  return ExceptionError(absl::StatusCode::kInvalidArgument, "java.lang.IndexOutOfBoundsException",
                        StrCat("No group ", number));
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

PCRE2_SPTR Subject(std::string_view text) {
  return reinterpret_cast<PCRE2_SPTR>(text.data() == nullptr ? "" : text.data());
}

}  // namespace

struct JavaRegex::Impl {
  std::string pattern;
  pcre2_code* code = nullptr;
  pcre2_match_data* match = nullptr;
  pcre2_match_context* context = nullptr;
  uint32_t groups = 0;

  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    pcre2_match_context_free(context);
    pcre2_match_data_free(match);
    pcre2_code_free(code);
  }

  StatusOr<bool> Match(std::string_view text, uint32_t options) const {
    int result = pcre2_match(code, Subject(text), text.size(), 0, options, match, context);
    if (result == PCRE2_ERROR_JIT_STACKLIMIT) {  // machine code has less room than the heap
      result =
          pcre2_match(code, Subject(text), text.size(), 0, options | PCRE2_NO_JIT, match, context);
    }
    if (result >= 0) return true;
    if (result == PCRE2_ERROR_NOMATCH) return false;
    PCRE2_UCHAR message[256];
    pcre2_get_error_message(result, message, sizeof message);
    return DataError(StrCat("The regular expression '", pattern, "' could not be matched against '",
                            text.substr(0, 256), "': ", reinterpret_cast<const char*>(message),
                            "; simplify it"));
  }

  std::string_view Group(std::string_view text, size_t number) const {
    const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(match);
    if (ends[2 * number] == PCRE2_UNSET) return {};
    return text.substr(ends[2 * number], ends[2 * number + 1] - ends[2 * number]);
  }

  // `$...` in a replacement, from its `$` on; moves `at` behind it.
  StatusOr<size_t> GroupReference(std::string_view replacement, size_t& at) const {
    if (++at == replacement.size()) {
      return IllegalArgument("Illegal group reference: group index is missing");
    }
    if (replacement[at] == '{') {
      const size_t end = replacement.find('}', at);
      if (end == std::string_view::npos || end == at + 1) {
        return IllegalArgument("named capturing group is missing trailing '}'");
      }
      const std::string name(replacement.substr(at + 1, end - at - 1));
      at = end + 1;
      const int number =
          pcre2_substring_number_from_name(code, reinterpret_cast<PCRE2_SPTR>(name.c_str()));
      if (number < 0) return IllegalArgument(StrCat("No group with name {", name, "}"));
      return static_cast<size_t>(number);
    }
    if (!IsDigit(replacement[at])) return IllegalArgument("Illegal group reference");
    size_t number = static_cast<size_t>(replacement[at++] - '0');
    if (number > groups) return NoGroup(number);
    for (; at < replacement.size() && IsDigit(replacement[at]);
         ++at) {  // as long as there is such a group
      const size_t longer = number * 10 + static_cast<size_t>(replacement[at] - '0');
      if (longer > groups) break;
      number = longer;
    }
    return number;
  }
};

JavaRegex::JavaRegex(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JavaRegex::JavaRegex(JavaRegex&&) noexcept = default;
JavaRegex& JavaRegex::operator=(JavaRegex&&) noexcept = default;
JavaRegex::~JavaRegex() = default;

const std::string& JavaRegex::pattern() const { return impl_->pattern; }

StatusOr<JavaRegex> JavaRegex::Compile(std::string_view pattern) {
  if (pattern.size() > kPatternMax) {
    return SyntaxError("Pattern is longer than 65536 bytes", kPatternMax, pattern.substr(0, 256));
  }
  auto impl = std::make_unique<Impl>();
  impl->pattern = std::string(pattern);
  RegexTranslation translation = TranslateJavaRegex(pattern);
  if (!translation.error.empty()) {
    return SyntaxError(translation.error, translation.error_index, pattern);
  }
  int error = 0;
  PCRE2_SIZE index = 0;
  impl->code = pcre2_compile(Subject(translation.pattern), translation.pattern.size(),
                             PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C, &error,
                             &index, nullptr);
  if (impl->code == nullptr) {
    PCRE2_UCHAR message[256];
    pcre2_get_error_message(error, message, sizeof message);
    return SyntaxError(reinterpret_cast<const char*>(message), index, pattern);
  }
  // Where the machine allows it; patterns run without it, too.
  pcre2_jit_compile(impl->code, PCRE2_JIT_COMPLETE);
  impl->match = pcre2_match_data_create_from_pattern(impl->code, nullptr);
  impl->context = pcre2_match_context_create(nullptr);
  if (impl->match == nullptr || impl->context == nullptr) {
    return ConnectError("out of memory for a regular expression");
  }
  pcre2_set_match_limit(impl->context, kStepsMax);
  pcre2_set_heap_limit(impl->context, kHeapKibMax);
  pcre2_pattern_info(impl->code, PCRE2_INFO_CAPTURECOUNT, &impl->groups);
  return JavaRegex(std::move(impl));
}

StatusOr<bool> JavaRegex::Matches(std::string_view text) const {
  return impl_->Match(text, PCRE2_ANCHORED | PCRE2_ENDANCHORED);
}

StatusOr<bool> JavaRegex::Find(std::string_view text) const { return impl_->Match(text, 0); }

Status JavaRegex::ReplaceFirst(std::string_view text, std::string_view replacement,
                               std::string& out) const {
  SLUICE_ASSIGN_OR_RETURN(const bool found, impl_->Match(text, 0));
  if (!found) {
    out.append(text);
    return OkStatus();
  }
  const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(impl_->match);
  std::string replaced(text.substr(0, ends[0]));
  for (size_t at = 0; at < replacement.size();) {
    if (replacement[at] == '\\') {
      if (++at == replacement.size()) return IllegalArgument("character to be escaped is missing");
      replaced.push_back(replacement[at++]);
    } else if (replacement[at] == '$') {
      SLUICE_ASSIGN_OR_RETURN(const size_t group, impl_->GroupReference(replacement, at));
      replaced.append(impl_->Group(text, group));
    } else {
      replaced.push_back(replacement[at++]);
    }
  }
  out.append(replaced).append(text.substr(ends[1]));
  return OkStatus();
}

}  // namespace sluice
