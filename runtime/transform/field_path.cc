#include "runtime/transform/field_path.h"

#include <utility>

#include "runtime/base/text.h"

namespace sluice::transform {
namespace {

constexpr std::string_view kSyntaxKey = "field.syntax.version";

// The quoted name that begins at path[at] == '`'; leaves `at` behind it and the dot that follows
// it.
StatusOr<std::string> QuotedName(std::string_view path, size_t& at) {
  const size_t opening = at;
  std::string name;
  size_t copied = at + 1;  // path[copied, ...) is not in `name` yet
  for (size_t tick = path.find('`', copied); tick != std::string_view::npos;
       tick = path.find('`', tick + 1)) {
    const bool escaped = path[tick - 1] == '\\';
    const bool last = tick + 1 == path.size();
    if (!last && path[tick + 1] != '.') continue;  // a backtick inside the name
    if (escaped && last) break;
    if (escaped) {
      name.append(path.substr(copied, tick - 1 - copied)).push_back('`');
      copied = tick + 1;
      continue;
    }
    name.append(path.substr(copied, tick - copied));
    at = last ? path.size() : tick + 2;
    return name;
  }
  return ConfigError(StrCat("Incomplete backtick pair in path: [", path,
                            "], consider adding a backslash before backtick at position ", opening,
                            " to escape it"));
}

}  // namespace

StatusOr<FieldPath> FieldPath::V2(std::string_view text) {
  std::vector<std::string> steps;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '`') {
      SLUICE_ASSIGN_OR_RETURN(std::string name, QuotedName(text, at));
      steps.push_back(std::move(name));
      continue;
    }
    const size_t dot = std::min(text.find('.', at), text.size());
    steps.emplace_back(text.substr(at, dot - at));
    at = dot + 1;
  }
  if (text.empty() || text.back() == '.') steps.emplace_back();
  return FieldPath(std::move(steps));
}

StatusOr<FieldPath> FieldPath::Parse(std::string_view text, const config::ParsedConfig& parsed) {
  const std::string& version = parsed.Text(kSyntaxKey);
  if (EqualsIgnoreCase(version, "V2")) return V2(text);
  if (EqualsIgnoreCase(version, "V1")) return V1(text);
  return ConfigError(StrCat("Invalid value ", version, " for configuration ", kSyntaxKey,
                            ": Unrecognized field syntax version"));
}

config::ConfigKey FieldSyntaxKey() {
  config::ConfigKey key;
  key.name = std::string(kSyntaxKey);
  key.default_value = "V1";
  key.validator = config::Validator::OneOfIgnoreCase({"V1", "V2"});
  key.importance = config::Importance::kHigh;
  key.documentation =
      "How `field` is read. V1: as the name of a field at the top. V2: as a path of names "
      "separated by dots; a name "
      "that has dots in it stands between backticks.";
  return key;
}

}  // namespace sluice::transform
