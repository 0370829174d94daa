// From java.util.regex's syntax to PCRE2's; java_regex.h is what others use. A pure function, any
// thread.
#ifndef SLUICE_RUNTIME_BASE_JAVA_REGEX_SYNTAX_H_
#define SLUICE_RUNTIME_BASE_JAVA_REGEX_SYNTAX_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice {

struct RegexTranslation {
  std::string pattern;
  std::string error;  // empty: none
  size_t error_index = 0;
};

// Most patterns come back as they are. Translated: \uXXXX, POSIX classes (\p{Lower}), script names
// (\p{IsLatin}), flags u and d. Refused: what Java has and PCRE2 has not (intersection and union of
// character classes, flag U), and what PCRE2 has and Java has not ((*VERBS), \K, recursion). Syntax
// errors that both know are left to PCRE2.
RegexTranslation TranslateJavaRegex(std::string_view pattern);

}  // namespace sluice

#endif  // SLUICE_RUNTIME_BASE_JAVA_REGEX_SYNTAX_H_
