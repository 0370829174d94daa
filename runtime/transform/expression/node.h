// A compiled expression: nodes that name their operands by index. Made by the parser, immutable
// but for the caches, which makes an expression one thread's at a time.
#ifndef SLUICE_RUNTIME_TRANSFORM_EXPRESSION_NODE_H_
#define SLUICE_RUNTIME_TRANSFORM_EXPRESSION_NODE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/abi/views.h"
#include "runtime/base/java_regex.h"
#include "runtime/record/java_date_format.h"

namespace sluice::transform {

enum class Op : uint8_t {
  kLiteral,  // null, true, a number; or the text in `text`
  kTopic,
  kPartition,
  kOffset,
  kTimestamp,
  kKey,
  kValue,
  kHeader,    // the last one called `text`
  kVariable,  // of kAll and kExists: the one at `slot`
  kField,     // operand 0 . text
  kIndex,     // operand 0 [operand 1]
  kHas,       // operand 0 is there and not null
  kNot,
  kNegate,
  kAnd,
  kOr,
  kIf,  // operand 0 ? operand 1 : operand 2
  kEqual,
  kUnequal,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kRemainder,
  kList,    // of the operands
  kAll,     // operand 0, a list: operand 1 holds for each of its items
  kExists,  // for one of them
  kCall,    // function(operands)
};

struct Function;

struct Node {
  Op op;
  uint32_t position = 0;  // byte in the expression
  uint32_t depth = 1;     // of the tree below
  std::vector<uint32_t> operands = {};
  sluice_value literal{};
  bool is_text = false;
  std::string text = {};
  uint32_t slot = 0;
  const Function* function = nullptr;
  std::optional<JavaRegex> regex = {};                // of a function with a pattern
  std::optional<record::JavaDateFormat> format = {};  // of a function with a date's pattern
  // Where kField found `text` last.
  mutable sluice_fingerprint seen{};
  mutable int seen_index = -1;
};

// The nodes of an expression; the last one is its root. At most 1,000, at most 100 deep.
struct Program {
  static constexpr size_t kNodesMax = 1000;
  static constexpr uint32_t kDepthMax = 100;
  static constexpr uint32_t kVariablesMax = 4;
  std::vector<Node> nodes;
};

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_EXPRESSION_NODE_H_
