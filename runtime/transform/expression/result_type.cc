#include "runtime/transform/expression/result_type.h"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/record/schema.h"
#include "runtime/transform/expression/functions.h"

namespace sluice::transform {
namespace {

using record::SchemaBuilder;
using record::SchemaRef;

// Nothing known (`any`), or a schema; without one the result is always null.
struct Type {
  bool any = false;
  SchemaRef schema = {};
};

Type Any() { return {true, {}}; }
Type Of(sluice_kind kind) { return {false, SchemaRef(record::OptionalSchema(kind))}; }
Type Of(const sluice_schema* schema) {
  if (schema == nullptr) return Any();
  if (schema->optional && schema->default_value == nullptr) return {false, SchemaRef(schema)};
  return {false, SchemaBuilder::Like(*schema).Optional().NoDefault().Build()};
}

bool IsWholeType(const sluice_schema& schema) {
  return schema.type >= SLUICE_INT8 && schema.type <= SLUICE_INT64;
}
bool IsNumberType(const sluice_schema& schema) {
  return IsWholeType(schema) || schema.type == SLUICE_FLOAT32 || schema.type == SLUICE_FLOAT64 ||
         record::LogicalOf(&schema) == record::Logical::kDecimal;
}

class Typing {
 public:
  Typing(const Program& program, const sluice_schema* key, const sluice_schema* value)
      : program_(program), key_(key), value_(value) {}

  StatusOr<Type> Run() { return TypeOf(static_cast<uint32_t>(program_.nodes.size() - 1)); }

 private:
  StatusOr<Type> TypeOf(uint32_t index) {
    const Node& node = program_.nodes[index];
    switch (node.op) {
      case Op::kLiteral:
        if (node.is_text) return Of(SLUICE_STRING);
        return node.literal.kind == SLUICE_NULL ? Type{} : Of(node.literal.kind);
      case Op::kTopic:
        return Of(SLUICE_STRING);
      case Op::kPartition:
        return Of(SLUICE_INT32);
      case Op::kOffset:
      case Op::kTimestamp:
        return Of(SLUICE_INT64);
      case Op::kKey:
        return Of(key_);
      case Op::kValue:
        return Of(value_);
      case Op::kHeader:
        return Any();
      case Op::kVariable:
        return variables_[node.slot];
      case Op::kField:
      case Op::kIndex:
        return Part(node);
      case Op::kIf: {
        SLUICE_ASSIGN_OR_RETURN(const Type then, TypeOf(node.operands[1]));
        SLUICE_ASSIGN_OR_RETURN(const Type otherwise, TypeOf(node.operands[2]));
        return Joined(node, then, otherwise);
      }
      case Op::kNegate: {
        SLUICE_ASSIGN_OR_RETURN(const Type of, TypeOf(node.operands[0]));
        return Number(of, of);
      }
      case Op::kAdd:
      case Op::kSubtract:
      case Op::kMultiply:
      case Op::kDivide:
      case Op::kRemainder: {
        SLUICE_ASSIGN_OR_RETURN(const Type left, TypeOf(node.operands[0]));
        SLUICE_ASSIGN_OR_RETURN(const Type right, TypeOf(node.operands[1]));
        if (left.schema && right.schema && left.schema->type == SLUICE_STRING) {
          return Of(SLUICE_STRING);
        }
        return Number(left, right);
      }
      case Op::kList: {
        SLUICE_ASSIGN_OR_RETURN(const Type item, JoinedAll(node));
        if (!item.schema) return Any();
        return Type{false, SchemaBuilder(SLUICE_ARRAY).Value(item.schema).Optional().Build()};
      }
      case Op::kCall:
        return Called(node);
      default:
        return Of(SLUICE_BOOLEAN);
    }
  }

  StatusOr<Type> Part(const Node& node) {
    SLUICE_ASSIGN_OR_RETURN(const Type from, TypeOf(node.operands[0]));
    if (!from.schema) return from;
    const sluice_schema& schema = *from.schema;
    if (schema.type == SLUICE_MAP || schema.type == SLUICE_ARRAY) return Of(schema.value_schema);
    if (schema.type != SLUICE_STRUCT) return Any();
    const Node* name = node.op == Op::kField ? &node : &program_.nodes[node.operands[1]];
    if (name != &node && !name->is_text) return Any();
    const int index = abi::FieldIndex(schema, name->text);
    return index < 0 ? Type{} : Of(schema.fields[index].schema);
  }

  static Type Number(const Type& left, const Type& right) {
    if (left.any || right.any) return Any();
    if (!left.schema || !right.schema) return {};
    if (!IsNumberType(*left.schema) || !IsNumberType(*right.schema)) return Any();
    return Of(IsWholeType(*left.schema) && IsWholeType(*right.schema) ? SLUICE_INT64
                                                                      : SLUICE_FLOAT64);
  }

  static StatusOr<Type> Joined(const Node& node, const Type& a, const Type& b) {
    if (a.any || b.any) return Any();
    if (!a.schema) return b;
    if (!b.schema || abi::SameSchema(a.schema.get(), b.schema.get())) return a;
    if (const Type number = Number(a, b); number.schema) return number;
    return DataError(StrCat("what begins at position ", node.position + 1, " is of two types, ",
                            record::TypeName(a.schema->type), " and ",
                            record::TypeName(b.schema->type), "; cast one of them"));
  }

  StatusOr<Type> JoinedAll(const Node& node) {
    Type joined;
    for (const uint32_t operand : node.operands) {
      SLUICE_ASSIGN_OR_RETURN(const Type next, TypeOf(operand));
      SLUICE_ASSIGN_OR_RETURN(joined, Joined(node, joined, next));
      if (joined.any) return joined;
    }
    return joined;
  }

  StatusOr<Type> Called(const Node& node) {
    switch (node.function->rule) {
      case ResultRule::kFixed:
        return Of(node.function->result);
      case ResultRule::kTexts: {
        SchemaBuilder list(SLUICE_ARRAY);
        list.Value(SchemaRef(record::OptionalSchema(SLUICE_STRING))).Optional();
        return Type{false, list.Build()};
      }
      case ResultRule::kJoined:
        return JoinedAll(node);
      case ResultRule::kNumber:
        break;
    }
    SLUICE_ASSIGN_OR_RETURN(Type joined, TypeOf(node.operands[0]));
    for (const uint32_t operand : node.operands) {
      SLUICE_ASSIGN_OR_RETURN(const Type next, TypeOf(operand));
      joined = Number(joined, next);
    }
    return joined;
  }

  const Program& program_;
  const sluice_schema* const key_;
  const sluice_schema* const value_;
  // Items' types are not followed: what depends on one is a condition.
  std::array<Type, Program::kVariablesMax> variables_ = {Any(), Any(), Any(), Any()};
};

}  // namespace

StatusOr<SchemaRef> ResultSchema(const Expression& expression, const sluice_schema* key,
                                 const sluice_schema* value) {
  SLUICE_ASSIGN_OR_RETURN(const Type type, Typing(expression.program(), key, value).Run());
  if (type.schema) return type.schema;
  return DataError(StrCat("the type of '", expression.text(), "' cannot be told from the record's ",
                          type.any ? "schemas" : "schemas, which lack the field",
                          "; say it with a cast, such as string(...) or int64(...)"));
}

sluice_value AsResult(const sluice_value& result, const sluice_schema& schema, abi::Arena& arena) {
  if (schema.type == SLUICE_STRUCT && result.kind == SLUICE_STRUCT) {
    return arena.NewStruct(&schema, result.as.structure->values);
  }
  if (schema.type == SLUICE_ARRAY && result.kind == SLUICE_ARRAY &&
      schema.value_schema != nullptr && IsNumberType(*schema.value_schema)) {
    const sluice_kind kind = schema.value_schema->type;
    const auto fits = [&](const sluice_value& item) { return item.kind == kind; };
    if (std::all_of(result.as.items, result.as.items + result.size, fits)) return result;
    auto* items = arena.NewArray<sluice_value>(result.size);
    for (uint32_t i = 0; i < result.size; ++i) {
      items[i] = AsResult(result.as.items[i], *schema.value_schema, arena);
    }
    return abi::Array(items, result.size);
  }
  if (schema.type == SLUICE_INT64 && result.kind >= SLUICE_INT8 && result.kind <= SLUICE_INT32) {
    return abi::Int64(result.as.int64);
  }
  if (schema.type == SLUICE_FLOAT64 && result.kind != SLUICE_FLOAT64 && IsNumber(result.kind)) {
    return abi::Float64(NumberOf(result));
  }
  return result;
}

}  // namespace sluice::transform
