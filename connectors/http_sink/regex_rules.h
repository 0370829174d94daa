// regex.patterns and regex.replacements: each pattern's matches in a record's body are replaced,
// one pattern after the other. Patterns are PCRE2's, which are Java's but for rarities; a
// replacement may have $1, ${name} and ${variables} of the record. One thread at a time.
#ifndef SLUICE_CONNECTORS_HTTP_SINK_REGEX_RULES_H_
#define SLUICE_CONNECTORS_HTTP_SINK_REGEX_RULES_H_

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/http/template.h"

namespace sluice::http_sink {

struct BadPattern : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};
struct BadReplacement : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

class RegexRules {
 public:
  // Appends what a variable stands for. Whatever it throws leaves Apply.
  using Variable = std::function<void(const http::Template::Variable&, std::string&)>;

  RegexRules();
  ~RegexRules();
  RegexRules(RegexRules&&) noexcept;
  RegexRules& operator=(RegexRules&&) noexcept;

  // Tells a record's variable from a group's name; may throw std::invalid_argument: it is one, and
  // wrong.
  using IsVariable = std::function<bool(const http::Template::Variable&)>;
  // Throws BadPattern, BadReplacement: what is wrong with it.
  void Add(std::string_view pattern, std::string_view replacement, const IsVariable& is_variable);
  bool empty() const;
  // The text with all replacements made. Throws DataException: a match takes too much work, or the
  // text would grow beyond 64 MiB.
  std::string Apply(std::string text, const Variable& variable) const;

 private:
  struct Rule;
  std::vector<std::unique_ptr<Rule>> rules_;
};

}  // namespace sluice::http_sink

#endif  // SLUICE_CONNECTORS_HTTP_SINK_REGEX_RULES_H_
