// Regular expressions as users of Kafka Connect write them: java.util.regex's syntax, run by PCRE2,
// which is the closest to it (look-around, named groups, possessive quantifiers). What Java would
// read in another way than PCRE2 is translated, or refused by name: a pattern never silently means
// something else.
//
// Made when configuration is read. One thread at a time for each object. A match that takes too
// many steps ends with an error instead of blocking its thread.
#ifndef SLUICE_RUNTIME_BASE_JAVA_REGEX_H_
#define SLUICE_RUNTIME_BASE_JAVA_REGEX_H_

#include <memory>
#include <string>
#include <string_view>

#include "runtime/base/status.h"

namespace sluice {

class JavaRegex {
 public:
  // java.util.regex.PatternSyntaxException (kInvalidArgument): what is wrong, where, and the
  // pattern.
  static StatusOr<JavaRegex> Compile(std::string_view pattern);

  JavaRegex(JavaRegex&&) noexcept;
  JavaRegex& operator=(JavaRegex&&) noexcept;
  ~JavaRegex();

  const std::string& pattern() const;

  // Whether the whole text matches (Matcher.matches). Error (DataException): too many steps.
  StatusOr<bool> Matches(std::string_view text) const;
  // Whether some part of the text matches (Matcher.find). Errors as of Matches.
  StatusOr<bool> Find(std::string_view text) const;
  // Appends the text with its first match replaced (Matcher.replaceFirst); `$1`, `${name}` and `\$`
  // in `replacement` as in Java. Errors: too many steps; a group that does not exist
  // (IndexOutOfBoundsException, IllegalArgumentException).
  Status ReplaceFirst(std::string_view text, std::string_view replacement, std::string& out) const;

 private:
  struct Impl;
  explicit JavaRegex(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice

#endif  // SLUICE_RUNTIME_BASE_JAVA_REGEX_H_
