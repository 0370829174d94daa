#include "runtime/transform/expression/parser.h"

#include <algorithm>
#include <utility>

#include "runtime/base/clock.h"
#include "runtime/base/text.h"
#include "runtime/transform/expression/functions.h"
#include "runtime/transform/expression/tokens.h"

namespace sluice::transform {
namespace {

using NodeIndex = uint32_t;

constexpr std::string_view kValues =
    "a value (a number, a text in quotes, true, false, null, topic, partition, offset, timestamp, "
    "key, value, headers.NAME, a function)";

struct Binary {
  std::string_view sign;
  Op op;
  int level;  // higher binds closer
};
constexpr Binary kBinaries[] = {
    {"||", Op::kOr, 1},      {"&&", Op::kAnd, 2},          {"==", Op::kEqual, 3},
    {"!=", Op::kUnequal, 3}, {"<", Op::kLess, 3},          {"<=", Op::kLessEqual, 3},
    {">", Op::kGreater, 3},  {">=", Op::kGreaterEqual, 3}, {"in", Op::kIn, 3},
    {"+", Op::kAdd, 4},      {"-", Op::kSubtract, 4},      {"*", Op::kMultiply, 5},
    {"/", Op::kDivide, 5},   {"%", Op::kRemainder, 5},
};
constexpr int kComparing = 3, kClosest = 5;

struct Root {
  std::string_view name;
  Op op;
};
constexpr Root kRoots[] = {{"topic", Op::kTopic},   {"partition", Op::kPartition},
                           {"offset", Op::kOffset}, {"timestamp", Op::kTimestamp},
                           {"key", Op::kKey},       {"value", Op::kValue}};

class Parser {
 public:
  explicit Parser(std::string_view text) : tokens_(text) {}

  StatusOr<Program> Parse() {
    SLUICE_RETURN_IF_ERROR(Advance());
    SLUICE_RETURN_IF_ERROR(Expression().status());
    if (token_.kind != TokenKind::kEnd) return SyntaxError("an operator or the end", token_);
    return std::move(program_);
  }

 private:
  Status Advance() {
    SLUICE_ASSIGN_OR_RETURN(token_, tokens_.Next());
    return OkStatus();
  }
  bool Is(std::string_view sign) const {
    return (token_.kind == TokenKind::kSign || (token_.kind == TokenKind::kName && sign == "in")) &&
           token_.source == sign;
  }
  Status Expect(std::string_view sign) {
    if (!Is(sign)) return SyntaxError(StrCat("'", sign, "'"), token_);
    return Advance();
  }

  StatusOr<NodeIndex> Add(Node node) {
    for (const NodeIndex operand : node.operands) {
      node.depth = std::max(node.depth, program_.nodes[operand].depth + 1);
    }
    if (node.depth > Program::kDepthMax || program_.nodes.size() == Program::kNodesMax) {
      return ConfigError(StrCat("the expression is too large at position ", node.position + 1,
                                ": more than ", Program::kNodesMax, " parts, or nested more than ",
                                Program::kDepthMax, " deep"));
    }
    program_.nodes.push_back(std::move(node));
    return static_cast<NodeIndex>(program_.nodes.size() - 1);
  }
  StatusOr<NodeIndex> Add(Op op, size_t position, std::vector<NodeIndex> operands) {
    Node node{.op = op, .position = static_cast<uint32_t>(position)};
    node.operands = std::move(operands);
    return Add(std::move(node));
  }

  // Every way down goes through here, so that a deep text cannot exhaust the stack.
  StatusOr<NodeIndex> Expression() {
    if (++nesting_ > Program::kDepthMax) {
      return ConfigError(StrCat("the expression is nested more than ", Program::kDepthMax,
                                " deep at position ", token_.start + 1));
    }
    SLUICE_ASSIGN_OR_RETURN(const NodeIndex condition, Operators(1));
    if (!Is("?")) {
      --nesting_;
      return condition;
    }
    const size_t position = token_.start;
    SLUICE_RETURN_IF_ERROR(Advance());
    SLUICE_ASSIGN_OR_RETURN(const NodeIndex then, Expression());
    SLUICE_RETURN_IF_ERROR(Expect(":"));
    SLUICE_ASSIGN_OR_RETURN(const NodeIndex otherwise, Expression());
    --nesting_;
    return Add(Op::kIf, position, {condition, then, otherwise});
  }

  const Binary* Operator(int level) const {
    for (const Binary& binary : kBinaries) {
      if (binary.level == level && Is(binary.sign)) return &binary;
    }
    return nullptr;
  }

  StatusOr<NodeIndex> Operators(int level) {
    if (level > kClosest) return Unary();
    SLUICE_ASSIGN_OR_RETURN(NodeIndex left, Operators(level + 1));
    for (int count = 0;; ++count) {
      const Binary* binary = Operator(level);
      if (binary == nullptr) return left;
      if (level == kComparing && count > 0) {
        return SyntaxError("&& between two comparisons", token_);
      }
      const size_t position = token_.start;
      SLUICE_RETURN_IF_ERROR(Advance());
      SLUICE_ASSIGN_OR_RETURN(const NodeIndex right, Operators(level + 1));
      SLUICE_ASSIGN_OR_RETURN(left, Add(binary->op, position, {left, right}));
    }
  }

  StatusOr<NodeIndex> Unary() {
    std::vector<std::pair<Op, size_t>> signs;
    while (Is("!") || Is("-")) {
      signs.emplace_back(Is("!") ? Op::kNot : Op::kNegate, token_.start);
      if (signs.size() > Program::kDepthMax) return SyntaxError("a value", token_);
      SLUICE_RETURN_IF_ERROR(Advance());
    }
    SLUICE_ASSIGN_OR_RETURN(NodeIndex at, Postfix());
    for (; !signs.empty(); signs.pop_back()) {
      SLUICE_ASSIGN_OR_RETURN(at, Add(signs.back().first, signs.back().second, {at}));
    }
    return at;
  }

  StatusOr<NodeIndex> Postfix() {
    SLUICE_ASSIGN_OR_RETURN(NodeIndex at, Primary());
    while (Is(".") || Is("[")) {
      const size_t position = token_.start;
      if (Is("[")) {
        SLUICE_RETURN_IF_ERROR(Advance());
        SLUICE_ASSIGN_OR_RETURN(const NodeIndex index, Expression());
        SLUICE_RETURN_IF_ERROR(Expect("]"));
        SLUICE_ASSIGN_OR_RETURN(at, Add(Op::kIndex, position, {at, index}));
        continue;
      }
      SLUICE_RETURN_IF_ERROR(Advance());
      if (token_.kind != TokenKind::kName) return SyntaxError("a field's name", token_);
      Token name = token_;
      SLUICE_RETURN_IF_ERROR(Advance());
      if (Is("(")) {
        SLUICE_ASSIGN_OR_RETURN(at, Call(name, {at}));
        continue;
      }
      Node field{.op = Op::kField, .position = static_cast<uint32_t>(name.start)};
      field.operands = {at};
      field.text = std::move(name.text);
      SLUICE_ASSIGN_OR_RETURN(at, Add(std::move(field)));
    }
    return at;
  }

  StatusOr<NodeIndex> Primary() {
    Token token = token_;
    if (token.kind == TokenKind::kEnd) return SyntaxError(kValues, token);
    SLUICE_RETURN_IF_ERROR(Advance());
    Node literal{.op = Op::kLiteral, .position = static_cast<uint32_t>(token.start)};
    switch (token.kind) {
      case TokenKind::kInteger:
        literal.literal = abi::Int64(token.integer);
        return Add(std::move(literal));
      case TokenKind::kFloat:
        literal.literal = abi::Float64(token.number);
        return Add(std::move(literal));
      case TokenKind::kText:
        literal.is_text = true;
        literal.text = std::move(token.text);
        return Add(std::move(literal));
      case TokenKind::kName:
        return Named(token, std::move(literal));
      default:
        break;
    }
    if (token.source == "(") {
      SLUICE_ASSIGN_OR_RETURN(const NodeIndex inner, Expression());
      SLUICE_RETURN_IF_ERROR(Expect(")"));
      return inner;
    }
    if (token.source != "[") return SyntaxError(kValues, token);
    SLUICE_ASSIGN_OR_RETURN(std::vector<NodeIndex> items, List("]", {}));
    return Add(Op::kList, token.start, std::move(items));
  }

  StatusOr<NodeIndex> Named(const Token& token, Node literal) {
    if (Is("(")) return Call(token, {});
    const bool plain = token.source.front() != '`';
    if (plain && token.text == "null") return Add(std::move(literal));
    if (plain && (token.text == "true" || token.text == "false")) {
      literal.literal = abi::Boolean(token.text == "true");
      return Add(std::move(literal));
    }
    for (size_t i = variables_.size(); i-- > 0;) {
      if (variables_[i] != token.text) continue;
      literal.op = Op::kVariable;
      literal.slot = static_cast<uint32_t>(i);
      return Add(std::move(literal));
    }
    for (const Root& root : kRoots) {
      if (plain && token.text == root.name) return Add(root.op, token.start, {});
    }
    if (plain && token.text == "headers") return Header(token);
    return SyntaxError(kValues, token);
  }

  // headers.name, headers['any name']
  StatusOr<NodeIndex> Header(const Token& start) {
    const bool index = Is("[");
    if (!index && !Is(".")) {
      return SyntaxError("'.' and a header's name, or its name in ['...'],", token_);
    }
    SLUICE_RETURN_IF_ERROR(Advance());
    if (token_.kind != (index ? TokenKind::kText : TokenKind::kName)) {
      return SyntaxError(index ? "a header's name in quotes" : "a header's name", token_);
    }
    Node node{.op = Op::kHeader, .position = static_cast<uint32_t>(start.start)};
    node.text = token_.text;
    SLUICE_RETURN_IF_ERROR(Advance());
    if (index) SLUICE_RETURN_IF_ERROR(Expect("]"));
    return Add(std::move(node));
  }

  // Expressions up to `end`, behind those that there are.
  StatusOr<std::vector<NodeIndex>> List(std::string_view end, std::vector<NodeIndex> items) {
    while (!Is(end)) {
      SLUICE_ASSIGN_OR_RETURN(const NodeIndex item, Expression());
      items.push_back(item);
      if (Is(end)) break;
      if (!Is(",")) return SyntaxError(StrCat("',' or '", end, "'"), token_);
      SLUICE_RETURN_IF_ERROR(Advance());
    }
    SLUICE_RETURN_IF_ERROR(Advance());
    return items;
  }

  // At the '(' behind the name; `receiver` is what stood before the dot.
  StatusOr<NodeIndex> Call(const Token& name, std::vector<NodeIndex> receiver) {
    SLUICE_RETURN_IF_ERROR(Advance());
    if (name.text == "all" || name.text == "exists") return Quantified(name, std::move(receiver));
    SLUICE_ASSIGN_OR_RETURN(std::vector<NodeIndex> operands, List(")", std::move(receiver)));
    if (name.text == "has") {
      const Op op = operands.size() == 1 ? program_.nodes[operands[0]].op : Op::kNot;
      if (op != Op::kField && op != Op::kIndex && op != Op::kHeader && op != Op::kKey &&
          op != Op::kValue) {
        return ConfigError(
            StrCat("has() at position ", name.start + 1, " needs one path, such as value.a.b"));
      }
      return Add(Op::kHas, name.start, std::move(operands));
    }
    const Function* function = FindFunction(name.text);
    if (function == nullptr) {
      return ConfigError(StrCat("there is no function ", name.text, " at position ", name.start + 1,
                                "; there are ", FunctionNames()));
    }
    if (operands.size() < function->arguments_min || operands.size() > function->arguments_max) {
      return ConfigError(StrCat(function->name, "() at position ", name.start + 1, " needs ",
                                function->usage, ", found ", operands.size(), " arguments"));
    }
    Node node{.op = Op::kCall, .position = static_cast<uint32_t>(name.start)};
    node.function = function;
    SLUICE_RETURN_IF_ERROR(CompilePattern(*function, operands, node));
    node.operands = std::move(operands);
    return Add(std::move(node));
  }

  // The second argument, where it is a pattern.
  Status CompilePattern(const Function& function, const std::vector<NodeIndex>& operands,
                        Node& node) const {
    if (function.pattern == PatternKind::kNone) return OkStatus();
    const Node& pattern = program_.nodes[operands[1]];
    const auto wrong = [&](std::string_view why) {
      return ConfigError(StrCat(function.name, "() at position ", node.position + 1, " needs ",
                                function.usage, ": ", why));
    };
    if (pattern.op != Op::kLiteral || !pattern.is_text) {
      return wrong("the pattern must be a text in quotes");
    }
    if (function.pattern == PatternKind::kRegex) {
      auto regex = JavaRegex::Compile(pattern.text);
      if (!regex.ok()) return wrong(Message(regex.status()));
      node.regex = *std::move(regex);
      return OkStatus();
    }
    auto format = record::JavaDateFormat::Compile(pattern.text, Clock::System().WallMillis());
    if (!format.ok()) return wrong(Message(format.status()));
    node.format = *std::move(format);
    return OkStatus();
  }

  // list.all(x, condition), all(list, x, condition)
  StatusOr<NodeIndex> Quantified(const Token& name, std::vector<NodeIndex> operands) {
    if (operands.empty()) {
      SLUICE_ASSIGN_OR_RETURN(const NodeIndex list, Expression());
      operands.push_back(list);
      SLUICE_RETURN_IF_ERROR(Expect(","));
    }
    if (token_.kind != TokenKind::kName) return SyntaxError("a name for the list's item", token_);
    if (variables_.size() == Program::kVariablesMax) {
      return ConfigError(StrCat("all() and exists() are nested more than ", Program::kVariablesMax,
                                " deep at position ", name.start + 1));
    }
    const auto slot = static_cast<uint32_t>(variables_.size());
    variables_.push_back(token_.text);
    SLUICE_RETURN_IF_ERROR(Advance());
    SLUICE_RETURN_IF_ERROR(Expect(","));
    SLUICE_ASSIGN_OR_RETURN(const NodeIndex condition, Expression());
    variables_.pop_back();
    SLUICE_RETURN_IF_ERROR(Expect(")"));
    operands.push_back(condition);
    Node node{.op = name.text == "all" ? Op::kAll : Op::kExists,
              .position = static_cast<uint32_t>(name.start)};
    node.operands = std::move(operands);
    node.slot = slot;
    return Add(std::move(node));
  }

  Tokens tokens_;
  Token token_;
  Program program_;
  std::vector<std::string> variables_;
  uint32_t nesting_ = 0;
};

}  // namespace

StatusOr<Program> ParseExpression(std::string_view text) {
  if (text.size() > kExpressionMax) {
    return ConfigError(StrCat("the expression has more than ", kExpressionMax, " bytes"));
  }
  return Parser(text).Parse();
}

}  // namespace sluice::transform
