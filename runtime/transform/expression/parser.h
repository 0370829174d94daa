// From an expression's text to its nodes. Pure.
#ifndef SLUICE_RUNTIME_TRANSFORM_EXPRESSION_PARSER_H_
#define SLUICE_RUNTIME_TRANSFORM_EXPRESSION_PARSER_H_

#include <string_view>

#include "runtime/base/status.h"
#include "runtime/transform/expression/node.h"

namespace sluice::transform {

inline constexpr size_t kExpressionMax = 16 * 1024;

// ConfigException: what was expected where, and what was found; a function that there is not; a
// pattern that is none; an expression that is too long or too deep.
StatusOr<Program> ParseExpression(std::string_view text);

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_EXPRESSION_PARSER_H_
