#include "runtime/transform/expression/expression.h"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/record/value.h"
#include "runtime/transform/expression/functions.h"
#include "runtime/transform/expression/operators.h"
#include "runtime/transform/expression/parser.h"

namespace sluice::transform {
namespace {

// all() and exists() go through lists of lists; other expressions take a step a node.
constexpr uint32_t kStepsMax = 1'000'000;
constexpr size_t kOperandsMax = 16;  // of a function

class Evaluation {
 public:
  Evaluation(const Program& program, const sluice_record& record, abi::Arena& arena)
      : program_(program), record_(record), arena_(arena) {}

  // False: `error` at `position`.
  bool Run(sluice_value& out) {
    return Eval(static_cast<uint32_t>(program_.nodes.size() - 1), out);
  }
  const Status& error() const { return error_; }
  uint32_t position() const { return position_; }

 private:
  bool Fail(const Node& node, Status error) {
    error_ = std::move(error);
    position_ = node.position;
    return false;
  }
  bool Take(const Node& node, StatusOr<sluice_value> made, sluice_value& out) {
    if (!made.ok()) return Fail(node, std::move(made).status());
    out = *made;
    return true;
  }

  bool Eval(uint32_t index, sluice_value& out) {
    const Node& node = program_.nodes[index];
    if (++steps_ > kStepsMax) {
      return Fail(node, DataError(StrCat("it takes more than ", kStepsMax, " steps")));
    }
    switch (node.op) {
      case Op::kLiteral:
        out = node.is_text ? abi::String(node.text) : node.literal;
        return true;
      case Op::kTopic:
        out = record_.topic.data == nullptr ? abi::Null() : abi::String(abi::View(record_.topic));
        return true;
      case Op::kPartition:
        out =
            record_.partition == SLUICE_NO_PARTITION ? abi::Null() : abi::Int32(record_.partition);
        return true;
      case Op::kOffset:
        out = record_.original_offset == SLUICE_NO_OFFSET ? abi::Null()
                                                          : abi::Int64(record_.original_offset);
        return true;
      case Op::kTimestamp:
        out =
            record_.timestamp == SLUICE_NO_TIMESTAMP ? abi::Null() : abi::Int64(record_.timestamp);
        return true;
      case Op::kKey:
        out = record_.key;
        return true;
      case Op::kValue:
        out = record_.value;
        return true;
      case Op::kHeader:
        out = abi::Null();
        for (size_t i = 0; i < record_.header_count; ++i) {
          if (abi::View(record_.headers[i].key) == node.text) out = record_.headers[i].value;
        }
        return true;
      case Op::kVariable:
        out = variables_[node.slot];
        return true;
      case Op::kField:
        return Eval(node.operands[0], out) && Field(node, out);
      case Op::kHas:
        if (!Eval(node.operands[0], out)) return false;
        out = abi::Boolean(out.kind != SLUICE_NULL);
        return true;
      case Op::kAnd:
      case Op::kOr:
        return Logic(node, out);
      case Op::kIf:
        if (!Condition(node.operands[0], out)) return false;
        return Eval(node.operands[IsTrue(out) ? 1 : 2], out);
      case Op::kNot:
        if (!Condition(node.operands[0], out)) return false;
        if (out.kind == SLUICE_BOOLEAN) out = abi::Boolean(out.as.int64 == 0);
        return true;
      case Op::kNegate:
        return Eval(node.operands[0], out) && Negate(node, out);
      case Op::kList:
        return List(node, out);
      case Op::kAll:
      case Op::kExists:
        return Quantify(node, out);
      case Op::kCall:
        return Call(node, out);
      default:
        return Binary(node, out);
    }
  }

  static bool IsTrue(const sluice_value& value) {
    return value.kind == SLUICE_BOOLEAN && value.as.int64 != 0;
  }

  // A boolean or null.
  bool Condition(uint32_t index, sluice_value& out) {
    if (!Eval(index, out)) return false;
    if (out.kind == SLUICE_BOOLEAN || out.kind == SLUICE_NULL) return true;
    return Fail(program_.nodes[index], DataError(StrCat("a condition is needed here, found ",
                                                        record::JavaClassName(out))));
  }

  bool Field(const Node& node, sluice_value& at) {
    if (at.kind == SLUICE_NULL) return true;
    if (at.kind == SLUICE_MAP) {
      const sluice_value* found = abi::Find(at, node.text);
      at = found == nullptr ? abi::Null() : *found;
      return true;
    }
    if (at.kind != SLUICE_STRUCT) {
      return Fail(node, DataError(StrCat("only structs and maps have fields such as '", node.text,
                                         "', found ", record::JavaClassName(at))));
    }
    const sluice_schema& schema = *at.as.structure->schema;
    if (!abi::operator==(node.seen, schema.fingerprint)) {
      node.seen = schema.fingerprint;
      node.seen_index = abi::FieldIndex(schema, node.text);
    }
    at = StructField(at, node.seen_index);
    return true;
  }

  // A null reads as its default.
  static sluice_value StructField(const sluice_value& at, int index) {
    if (index < 0) return abi::Null();
    const sluice_value& value = at.as.structure->values[index];
    if (value.kind != SLUICE_NULL) return value;
    const sluice_value* fallback = at.as.structure->schema->fields[index].schema->default_value;
    return fallback != nullptr ? *fallback : value;
  }

  bool Logic(const Node& node, sluice_value& out) {
    const bool decides = node.op == Op::kOr;  // whatever the other side is
    sluice_value left, right;
    if (!Condition(node.operands[0], left)) return false;
    if (left.kind == SLUICE_BOOLEAN && IsTrue(left) == decides) {
      out = left;
      return true;
    }
    if (!Condition(node.operands[1], right)) return false;
    out = right.kind == SLUICE_BOOLEAN && IsTrue(right) == decides ? right
          : left.kind == SLUICE_NULL                               ? left
                                                                   : right;
    return true;
  }

  bool Negate(const Node& node, sluice_value& out) {
    if (out.kind == SLUICE_NULL) return true;
    if (!IsNumber(out.kind)) {
      return Fail(node,
                  DataError(StrCat("'-' needs a number, found ", record::JavaClassName(out))));
    }
    if (!IsWhole(out.kind)) {
      out = abi::Float64(-NumberOf(out));
      return true;
    }
    return Take(node, Calculate(Op::kSubtract, abi::Int64(0), abi::Int64(out.as.int64), arena_),
                out);
  }

  bool List(const Node& node, sluice_value& out) {
    auto* items = arena_.NewArray<sluice_value>(node.operands.size());
    for (size_t i = 0; i < node.operands.size(); ++i) {
      if (!Eval(node.operands[i], items[i])) return false;
    }
    out = abi::Array(items, node.operands.size());
    return true;
  }

  bool Quantify(const Node& node, sluice_value& out) {
    sluice_value list;
    if (!Eval(node.operands[0], list)) return false;
    const bool all = node.op == Op::kAll;
    out = list.kind == SLUICE_NULL ? list : abi::Boolean(all);
    if (list.kind == SLUICE_NULL) return true;
    if (list.kind != SLUICE_ARRAY && list.kind != SLUICE_MAP) {
      return Fail(node, DataError(StrCat(all ? "all" : "exists", "() needs a list or a map, found ",
                                         record::JavaClassName(list))));
    }
    for (uint32_t i = 0; i < list.size; ++i) {  // of a map the keys, as in CEL
      variables_[node.slot] = list.kind == SLUICE_ARRAY ? list.as.items[i] : list.as.entries[i].key;
      sluice_value holds;
      if (!Condition(node.operands[1], holds)) return false;
      if (IsTrue(holds) == all) continue;
      out = abi::Boolean(!all);
      return true;
    }
    return true;
  }

  bool Call(const Node& node, sluice_value& out) {
    std::array<sluice_value, kOperandsMax> arguments;
    const size_t count = std::min(node.operands.size(), kOperandsMax);
    for (size_t i = 0; i < count; ++i) {
      if (!Eval(node.operands[i], arguments[i])) return false;
      if (arguments[i].kind == SLUICE_NULL && !node.function->takes_null) {
        out = abi::Null();
        return true;
      }
    }
    StatusOr<sluice_value> made = node.function->call({arguments.data(), count}, node, arena_);
    if (made.ok()) {
      out = *made;
      return true;
    }
    return Fail(node, DataError(StrCat(node.function->name, "(): ", Message(made.status()))));
  }

  bool Binary(const Node& node, sluice_value& out) {
    sluice_value left, right;
    if (!Eval(node.operands[0], left) || !Eval(node.operands[1], right)) return false;
    if (node.op == Op::kEqual || node.op == Op::kUnequal) {
      out = abi::Boolean(Equal(left, right) == (node.op == Op::kEqual));
      return true;
    }
    if (node.op == Op::kIn) return In(node, left, right, out);
    if (left.kind == SLUICE_NULL || right.kind == SLUICE_NULL) {
      out = abi::Null();
      return true;
    }
    if (node.op == Op::kIndex) return Index(node, left, right, out);
    if (node.op >= Op::kAdd) return Take(node, Calculate(node.op, left, right, arena_), out);
    return Take(node, Compare(node.op, left, right), out);
  }

  bool In(const Node& node, const sluice_value& wanted, const sluice_value& among,
          sluice_value& out) {
    if (among.kind == SLUICE_NULL) {
      out = among;
      return true;
    }
    if (among.kind != SLUICE_ARRAY && among.kind != SLUICE_MAP) {
      return Fail(node, DataError(StrCat("'in' needs a list or a map behind it, found ",
                                         record::JavaClassName(among))));
    }
    bool found = false;
    for (uint32_t i = 0; i < among.size && !found; ++i) {
      found =
          Equal(wanted, among.kind == SLUICE_ARRAY ? among.as.items[i] : among.as.entries[i].key);
    }
    out = abi::Boolean(found);
    return true;
  }

  bool Index(const Node& node, const sluice_value& from, const sluice_value& index,
             sluice_value& out) {
    out = abi::Null();
    if (from.kind == SLUICE_ARRAY && IsWhole(index.kind)) {
      if (index.as.int64 >= 0 && index.as.int64 < from.size) out = from.as.items[index.as.int64];
      return true;
    }
    if (from.kind == SLUICE_MAP) {
      for (uint32_t i = 0; i < from.size; ++i) {
        if (Equal(from.as.entries[i].key, index)) {
          out = from.as.entries[i].value;
          return true;
        }
      }
      return true;
    }
    if (from.kind == SLUICE_STRUCT && index.kind == SLUICE_STRING) {
      out = StructField(from, abi::FieldIndex(*from.as.structure->schema, abi::Text(index)));
      return true;
    }
    return Fail(node, DataError(StrCat("'[' needs a list and a number, or a map or struct and a "
                                       "name, found ",
                                       record::JavaClassName(from), " and ",
                                       record::JavaClassName(index))));
  }

  const Program& program_;
  const sluice_record& record_;
  abi::Arena& arena_;
  std::array<sluice_value, Program::kVariablesMax> variables_{};
  uint32_t steps_ = 0;
  Status error_;
  uint32_t position_ = 0;
};

}  // namespace

StatusOr<Expression> Expression::Compile(std::string_view text) {
  SLUICE_ASSIGN_OR_RETURN(Program program, ParseExpression(text));
  return Expression(text, std::move(program));
}

Status Expression::Failed(const Status& cause, uint32_t position) const {
  return DataError(
      StrCat("Expression '", text_, "' at position ", position + 1, ": ", Message(cause)));
}

StatusOr<sluice_value> Expression::Evaluate(const sluice_record& record, abi::Arena& arena) const {
  Evaluation evaluation(program_, record, arena);
  sluice_value out;
  if (!evaluation.Run(out)) return Failed(evaluation.error(), evaluation.position());
  return out;
}

StatusOr<bool> Expression::Holds(const sluice_record& record, abi::Arena& arena) const {
  SLUICE_ASSIGN_OR_RETURN(const sluice_value out, Evaluate(record, arena));
  if (out.kind == SLUICE_NULL) return false;
  if (out.kind == SLUICE_BOOLEAN) return out.as.int64 != 0;
  return Failed(DataError(StrCat("a condition is needed, found ", record::JavaClassName(out))), 0);
}

}  // namespace sluice::transform
