// An expression over a record, in the syntax of CEL (Common Expression Language):
//
//   value.price * value.units          value.name.startsWith('A') && size(value.items) > 0
//   has(value.vip) ? 'vip' : 'normal'  headers.trace == null || topic in ['a', 'b']
//
// Compiled when configuration is read; then evaluated without allocating, but for the arena. A path
// that leads nowhere is null; null makes null of what it is an operand of, but for ==, !=, ?: (not
// true), and && and || where the other side decides. One thread at a time.
#ifndef SLUICE_RUNTIME_TRANSFORM_EXPRESSION_EXPRESSION_H_
#define SLUICE_RUNTIME_TRANSFORM_EXPRESSION_EXPRESSION_H_

#include <string>
#include <string_view>

#include "runtime/base/status.h"
#include "runtime/record/batch_memory.h"
#include "runtime/transform/expression/node.h"

namespace sluice::transform {

class Expression {
 public:
  // ConfigException: what was expected at which position, and what was found.
  static StatusOr<Expression> Compile(std::string_view text);

  const std::string& text() const { return text_; }
  const Program& program() const { return program_; }

  // What it makes of the record; lives in `arena`, the record, or this expression. DataException:
  // operands of the wrong kind, a number that is too large, too many steps; the text, the position
  // and the kinds that were found, never what the record holds.
  StatusOr<sluice_value> Evaluate(const sluice_record& record, abi::Arena& arena) const;
  // The same for a condition: null is false, and another value than a boolean an error.
  StatusOr<bool> Holds(const sluice_record& record, abi::Arena& arena) const;

 private:
  Expression(std::string_view text, Program program) : text_(text), program_(std::move(program)) {}
  Status Failed(const Status& cause, uint32_t position) const;

  std::string text_;
  Program program_;
};

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_EXPRESSION_EXPRESSION_H_
