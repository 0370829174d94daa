#include "connectors/http_sink/regex_rules.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <stdexcept>

#include "connectors/sdk/errors.h"

namespace sluice::http_sink {
namespace {

constexpr size_t kResultMax = 64 << 20;
constexpr uint32_t kStepsMax = 1'000'000;
constexpr uint32_t kHeapMaxKib = 32 * 1024;
constexpr uint32_t kOptions =
    PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_UNSET_EMPTY | PCRE2_SUBSTITUTE_OVERFLOW_LENGTH;

struct Free {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};

std::string ErrorText(int code) {
  PCRE2_UCHAR text[200];
  pcre2_get_error_message(code, text, sizeof text);
  return reinterpret_cast<const char*>(text);
}

PCRE2_SPTR Units(const std::string& text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

using CodePtr = std::unique_ptr<pcre2_code, Free>;

// nullptr: `error` and where it is.
CodePtr Compile(const std::string& pattern, int& error, PCRE2_SIZE& at) {
  return CodePtr(
      pcre2_compile(Units(pattern), pattern.size(), PCRE2_MATCH_INVALID_UTF, &error, &at, nullptr));
}

}  // namespace

struct RegexRules::Rule {
  std::string pattern;
  CodePtr code;
  std::unique_ptr<pcre2_match_context, Free> context;
  // The replacement as PCRE2 takes it, in pieces: what is not a variable is kept as it is.
  std::vector<std::pair<bool, http::Template>> pieces;  // true: a variable

  std::string Replacement(const Variable& variable) const {
    std::string out;
    for (const auto& [is_variable, piece] : pieces) {
      if (!is_variable) {
        piece.Expand(out, [](const http::Template::Variable& group, std::string& to) {
          to += "${" + group.text + "}";
        });
        continue;
      }
      std::string value;
      piece.Expand(value, variable);
      for (char c : value) {  // no group's name
        if (c == '$') out.push_back('$');
        out.push_back(c);
      }
    }
    return out;
  }
  void TakeApart(std::string_view text, const IsVariable& is_variable) {
    while (!text.empty()) {
      size_t begin = text.find("${");
      const size_t end = begin == std::string_view::npos ? begin : text.find('}', begin);
      if (end == std::string_view::npos) begin = text.size();
      if (begin > 0) pieces.emplace_back(false, http::Template::Parse(text.substr(0, begin)));
      if (begin == text.size()) break;
      http::Template one = http::Template::Parse(text.substr(begin, end + 1 - begin));
      bool is_records = false;
      one.EachVariable([&](const auto& variable) { is_records = is_variable(variable); });
      pieces.emplace_back(is_records, std::move(one));
      text.remove_prefix(end + 1);
    }
  }
  // PCRE2 reads a replacement only when something matches: here it is the pattern, or nothing. Its
  // groups stay what they are. (\E ends what \Q began, the line feed a comment.)
  void CheckReplacement(std::string_view as_given) const {
    int error = 0;
    PCRE2_SIZE at = 0;
    const CodePtr always = Compile(pattern + "\\E\n|", error, at);
    const std::string replacement = Replacement([](const auto&, std::string&) {});
    PCRE2_UCHAR out[1];
    PCRE2_SIZE size = 0;
    const int result = pcre2_substitute(always != nullptr ? always.get() : code.get(), Units(""), 0,
                                        0, kOptions, nullptr, context.get(), Units(replacement),
                                        replacement.size(), out, &size);
    const bool wrong = result == PCRE2_ERROR_BADREPLACEMENT || result == PCRE2_ERROR_BADREPESCAPE ||
                       result == PCRE2_ERROR_REPMISSINGBRACE ||
                       result == PCRE2_ERROR_BADSUBSTITUTION || result == PCRE2_ERROR_NOSUBSTRING ||
                       result == PCRE2_ERROR_NOUNIQUESUBSTRING;
    if (!wrong) return;
    throw BadReplacement(sdk::Cat("the replacement '", as_given, "' of the pattern '", pattern,
                                  "' is wrong: ", ErrorText(result)));
  }
};

RegexRules::RegexRules() = default;
RegexRules::~RegexRules() = default;
RegexRules::RegexRules(RegexRules&&) noexcept = default;
RegexRules& RegexRules::operator=(RegexRules&&) noexcept = default;

bool RegexRules::empty() const { return rules_.empty(); }

void RegexRules::Add(std::string_view pattern, std::string_view replacement,
                     const IsVariable& is_variable) {
  auto rule = std::make_unique<Rule>();
  rule->pattern = pattern;
  int error = 0;
  PCRE2_SIZE at = 0;
  rule->code = Compile(rule->pattern, error, at);
  if (rule->code == nullptr) {
    throw BadPattern(sdk::Cat("the pattern '", pattern, "' is wrong at character ", at + 1, ": ",
                              ErrorText(error)));
  }
  rule->context.reset(pcre2_match_context_create(nullptr));
  if (rule->context == nullptr) throw std::bad_alloc();
  pcre2_set_match_limit(rule->context.get(), kStepsMax);
  pcre2_set_depth_limit(rule->context.get(), kStepsMax);
  pcre2_set_heap_limit(rule->context.get(), kHeapMaxKib);
  try {
    rule->TakeApart(replacement, is_variable);
  } catch (const std::invalid_argument& wrong) {
    throw BadReplacement(wrong.what());
  }
  rule->CheckReplacement(replacement);
  rules_.push_back(std::move(rule));
}

std::string RegexRules::Apply(std::string text, const Variable& variable) const {
  for (const auto& rule : rules_) {
    const std::string replacement = rule->Replacement(variable);
    std::string out(text.size() + text.size() / 8 + 64, '\0');
    PCRE2_SIZE size = 0;
    int result = PCRE2_ERROR_NOMEMORY;
    for (int attempt = 0; attempt < 2 && result == PCRE2_ERROR_NOMEMORY; ++attempt) {
      size = out.size();
      result = pcre2_substitute(rule->code.get(), Units(text), text.size(), 0, kOptions, nullptr,
                                rule->context.get(), Units(replacement), replacement.size(),
                                reinterpret_cast<PCRE2_UCHAR*>(out.data()), &size);
      if (result != PCRE2_ERROR_NOMEMORY) break;
      if (size > kResultMax) break;
      out.resize(size);
    }
    if (result < 0) {
      throw sdk::DataException("The pattern '", rule->pattern,
                               "' of regex.patterns could not be applied: ", ErrorText(result));
    }
    out.resize(size);
    text = std::move(out);
  }
  return text;
}

}  // namespace sluice::http_sink
