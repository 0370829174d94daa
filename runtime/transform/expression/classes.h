// The transforms and predicates that take expressions, for ../registry.cc; and what they share.
#ifndef SLUICE_RUNTIME_TRANSFORM_EXPRESSION_CLASSES_H_
#define SLUICE_RUNTIME_TRANSFORM_EXPRESSION_CLASSES_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/config/config_key.h"
#include "runtime/transform/expression/expression.h"
#include "runtime/transform/transform.h"

namespace sluice::transform {

void AddMap(std::vector<TransformClass>& classes);
void AddValidate(std::vector<TransformClass>& classes);
void AddMatches(std::vector<PredicateClass>& classes);

// An expression with the name that its setting has behind the prefix.
struct NamedExpression {
  std::string name;
  Expression expression;
};

// The settings PREFIX.NAME. ConfigException: `Invalid value E for configuration K: ...`.
StatusOr<std::vector<NamedExpression>> CompileAll(const config::ConfigMap& settings,
                                                  std::string_view prefix);
StatusOr<Expression> CompileSetting(std::string_view key, std::string_view text);
// The complaints about them, for a validation.
SettingErrors CheckAll(const config::ConfigMap& settings, std::string_view prefix);

// A key whose value is an expression, or null.
config::ConfigKey ExpressionKey(std::string_view name, std::string_view documentation);

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_EXPRESSION_CLASSES_H_
