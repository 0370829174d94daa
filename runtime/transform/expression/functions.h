// The functions that expressions may call, as data: a name, how many arguments, what comes out.
// Immutable, any thread.
#ifndef SLUICE_RUNTIME_TRANSFORM_EXPRESSION_FUNCTIONS_H_
#define SLUICE_RUNTIME_TRANSFORM_EXPRESSION_FUNCTIONS_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "runtime/abi/arena.h"
#include "runtime/base/status.h"
#include "runtime/transform/expression/node.h"

namespace sluice::transform {

enum class PatternKind : uint8_t { kNone, kRegex, kDate };  // of the second argument
enum class ResultRule : uint8_t {
  kFixed,   // `result`
  kJoined,  // what the arguments have in common
  kNumber,  // int64 of whole numbers, else float64
  kTexts,   // a list of strings
};

// No text that an expression makes is larger.
inline constexpr size_t kResultTextMax = 64 << 20;
Status TextTooLarge();  // DataException

using Arguments = std::span<const sluice_value>;

struct Function {
  std::string_view name;
  std::string_view usage;  // `a text and a pattern`
  uint32_t arguments_min, arguments_max;
  ResultRule rule;
  sluice_kind result;
  bool takes_null;  // else a null argument makes the result null
  PatternKind pattern;
  // Errors: DataException that says what is wrong with the arguments; what it makes lives in the
  // arena.
  StatusOr<sluice_value> (*call)(Arguments arguments, const Node& node, abi::Arena& arena);
};

const Function* FindFunction(std::string_view name);  // nullptr: none
std::string FunctionNames();                          // separated by commas

// Numbers, for the operators too. Dates count as what they are made of: days, milliseconds.
inline bool IsWhole(sluice_kind kind) {
  return (kind >= SLUICE_INT8 && kind <= SLUICE_INT64) ||
         (kind >= SLUICE_DATE && kind <= SLUICE_TIMESTAMP);
}
inline bool IsNumber(sluice_kind kind) {
  return IsWhole(kind) || kind == SLUICE_FLOAT32 || kind == SLUICE_FLOAT64 ||
         kind == SLUICE_DECIMAL;
}
double NumberOf(const sluice_value& value);  // of one that IsNumber
// The value as another kind of number, or text, or boolean. DataException: it is none, or too
// large. `kind`: BOOLEAN .. STRING or TIMESTAMP.
StatusOr<sluice_value> ConvertTo(sluice_kind kind, const sluice_value& value, abi::Arena& arena);

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_EXPRESSION_FUNCTIONS_H_
