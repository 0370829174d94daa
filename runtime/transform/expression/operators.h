// The operators of expressions on two values, neither of them null. Pure; texts are made in the
// arena. For expression.cc.
#ifndef SLUICE_RUNTIME_TRANSFORM_EXPRESSION_OPERATORS_H_
#define SLUICE_RUNTIME_TRANSFORM_EXPRESSION_OPERATORS_H_

#include "runtime/abi/arena.h"
#include "runtime/base/status.h"
#include "runtime/transform/expression/node.h"

namespace sluice::transform {

// Numbers of any two kinds by what they are worth, all else by kind and content. Takes nulls, too.
bool Equal(const sluice_value& a, const sluice_value& b);
// kAdd .. kRemainder. DataException: of the wrong kinds, too large, a division by zero.
StatusOr<sluice_value> Calculate(Op op, const sluice_value& a, const sluice_value& b,
                                 abi::Arena& arena);
// kLess .. kGreaterEqual: two numbers, texts or booleans. DataException: of the wrong kinds.
StatusOr<sluice_value> Compare(Op op, const sluice_value& a, const sluice_value& b);

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_EXPRESSION_OPERATORS_H_
