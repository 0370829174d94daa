#include "runtime/transform/expression/classes.h"

#include "runtime/base/text.h"

namespace sluice::transform {
namespace {

std::string Complaint(std::string_view text, std::string_view key, const Status& why) {
  return StrCat("Invalid value ", text, " for configuration ", key, ": ", Message(why));
}

}  // namespace

StatusOr<Expression> CompileSetting(std::string_view key, std::string_view text) {
  auto compiled = Expression::Compile(text);
  if (compiled.ok()) return compiled;
  return ConfigError(Complaint(text, key, compiled.status()));
}

StatusOr<std::vector<NamedExpression>> CompileAll(const config::ConfigMap& settings,
                                                  std::string_view prefix) {
  std::vector<NamedExpression> all;
  for (const auto& [name, text] : settings.WithPrefix(prefix)) {
    SLUICE_ASSIGN_OR_RETURN(Expression compiled, CompileSetting(StrCat(prefix, name), text));
    all.push_back({name, std::move(compiled)});
  }
  return all;
}

SettingErrors CheckAll(const config::ConfigMap& settings, std::string_view prefix) {
  SettingErrors errors;
  for (const auto& [name, text] : settings.WithPrefix(prefix)) {
    const std::string key = StrCat(prefix, name);
    const auto compiled = Expression::Compile(text);
    if (!compiled.ok()) errors.emplace_back(key, Complaint(text, key, compiled.status()));
  }
  return errors;
}

config::ConfigKey ExpressionKey(std::string_view name, std::string_view documentation) {
  config::ConfigKey key;
  key.name = std::string(name);
  key.documentation = std::string(documentation);
  key.validator =
      config::Validator::Custom([](std::string_view text) -> std::optional<std::string> {
        const auto compiled = Expression::Compile(text);
        if (compiled.ok()) return std::nullopt;
        return std::string(Message(compiled.status()));
      });
  return key;
}

}  // namespace sluice::transform
