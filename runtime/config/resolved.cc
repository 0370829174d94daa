#include "runtime/config/resolved.h"

#include <string_view>
#include <utility>

#include "runtime/base/secrets.h"
#include "runtime/base/text.h"

namespace sluice::config {
namespace {

// Of two variables that fit at one place the longer counts.
std::string Hidden(std::string_view value, const Variables& variables) {
  std::string out;
  while (!value.empty()) {
    const Variables::value_type* best = nullptr;
    for (const auto& one : variables) {
      if (one.second.size() < kSecretSizeMin || !value.starts_with(one.second)) continue;
      if (best == nullptr || one.second.size() > best->second.size()) best = &one;
    }
    out.append(best != nullptr ? std::string_view(best->first) : value.substr(0, 1));
    value.remove_prefix(best != nullptr ? best->second.size() : 1);
  }
  return out;
}

// Whatever looks like a variable.
std::vector<std::string> VariableTexts(const std::string& value) {
  std::vector<std::string> texts;
  for (size_t begin = value.find("${"); begin != std::string::npos;
       begin = value.find("${", begin + 2)) {
    const size_t end = value.find('}', begin);
    if (end == std::string::npos) break;
    texts.push_back(value.substr(begin, end + 1 - begin));
  }
  return texts;
}

}  // namespace

StatusOr<Variables> ResolveVariables(const ConfigProviders& providers, const ConfigMap& raw) {
  ConfigMap texts;  // each variable alone, by itself
  for (const auto& [key, value] : raw) {
    for (const std::string& text : VariableTexts(value)) texts.Set(text, text);
  }
  SLUICE_ASSIGN_OR_RETURN(const ConfigMap resolved, providers.Resolve(texts));
  Variables variables;
  for (const auto& [text, value] : resolved) {
    if (value != text) variables.emplace(text, value);
  }
  return variables;
}

std::vector<std::pair<std::string, std::string>> LiteralVariables(const ConfigMap& raw,
                                                                  const ConfigMap& resolved) {
  std::vector<std::pair<std::string, std::string>> found;
  for (const auto& [key, value] : raw) {
    for (const std::string& text : VariableTexts(value)) {
      const bool same = resolved.Get(key).find(text) != std::string_view::npos;
      if (same && ConfigProviders::HasVariable(text)) found.emplace_back(key, text);
    }
  }
  return found;
}

ConfigMap WithVariables(const ConfigMap& task_config, const ConfigMap& raw_connector_config,
                        const Variables& variables) {
  ConfigMap hidden;
  for (const auto& [key, value] : task_config) {
    const std::string* raw = raw_connector_config.Find(key);
    const bool as_written = raw != nullptr && *raw == value;
    hidden.Set(key, as_written ? value : Hidden(value, variables));
  }
  return WithRawVariables(hidden, raw_connector_config);
}

std::string WithRawValue(const std::string& error, const std::string& raw) {
  constexpr std::string_view kBegin = "Invalid value ", kEnd = " for configuration ";
  const size_t end = error.find(kEnd);
  if (!error.starts_with(kBegin) || end == std::string::npos) return error;
  return StrCat(kBegin, raw, error.substr(end));
}

}  // namespace sluice::config
