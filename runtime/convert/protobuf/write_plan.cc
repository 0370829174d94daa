#include "runtime/convert/protobuf/write_plan.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/byte_output.h"
#include "runtime/convert/protobuf/connect_names.h"
#include "runtime/convert/protobuf/to_connect.h"
#include "runtime/convert/protobuf/wire.h"
#include "runtime/record/schema.h"

namespace sluice::convert::protobuf {
namespace {

std::string TagOf(int32_t number, Wire wire) {
  ByteOutput out;
  out.Varint(static_cast<uint64_t>(number) << 3 | static_cast<uint64_t>(wire));
  return std::string(out.view());
}

// Whether values of a Connect schema can be written as a Protobuf scalar.
bool Fits(sluice_kind kind, Type type) {
  const bool floating = type == Type::kFloat || type == Type::kDouble;
  switch (kind) {
    case SLUICE_INT8:
    case SLUICE_INT16:
    case SLUICE_INT32:
    case SLUICE_INT64:
      return !floating && type != Type::kString && type != Type::kBytes && type != Type::kMessage;
    case SLUICE_FLOAT32:
    case SLUICE_FLOAT64:
      return floating;
    case SLUICE_BOOLEAN:
      return type == Type::kBool;
    case SLUICE_STRING:
      return type == Type::kString || type == Type::kBytes;
    case SLUICE_BYTES:
      return type == Type::kBytes;
    default:
      return false;
  }
}

WriteOp OpOf(Known known) {
  switch (known) {
    case Known::kDecimal:
      return WriteOp::kDecimal;
    case Known::kDate:
      return WriteOp::kDate;
    case Known::kTime:
      return WriteOp::kTime;
    default:
      return WriteOp::kTimestamp;
  }
}

Known KnownOf(record::Logical logical) {
  switch (logical) {
    case record::Logical::kDecimal:
      return Known::kDecimal;
    case record::Logical::kDate:
      return Known::kDate;
    case record::Logical::kTime:
      return Known::kTime;
    case record::Logical::kTimestamp:
      return Known::kTimestamp;
    default:
      return Known::kNone;
  }
}

Status NoPlace(const Field& field, const sluice_schema& connect) {
  return DataError(StrCat("The Protobuf field ", field.name, " of message ",
                          field.parent->full_name, " is ", field.repeated() ? "repeated " : "",
                          field.type_name.empty() ? TypeName(field.type) : field.type_name,
                          ": it has no place for values of ", record::SchemaText(connect)));
}

class Planner {
 public:
  Planner(const ProtobufOptions& options, WritePlan& plan) : options_(options), plan_(plan) {}

  StatusOr<const WriteMessage*> PlanOf(const sluice_schema& connect, const Message& own,
                                       const Message& target) {
    const auto key = std::make_tuple(&connect, &own, &target);
    if (const auto known = known_.find(key); known != known_.end()) return known->second;
    WriteMessage& made = plan_.messages.emplace_back();
    known_[key] = &made;
    made.connect = &connect;
    for (uint32_t i = 0; i < connect.field_count; ++i) {
      const sluice_field& field = connect.fields[i];
      if (IsUnion(*field.schema)) {
        SLUICE_RETURN_IF_ERROR(AddUnion(made, i, *field.schema, own, target));
        continue;
      }
      SLUICE_ASSIGN_OR_RETURN(WriteField one,
                              FieldOf(abi::View(field.name), *field.schema, own, target));
      one.field = i;
      made.fields.push_back(std::move(one));
    }
    std::stable_sort(made.fields.begin(), made.fields.end(),
                     [](const auto& a, const auto& b) { return a.number < b.number; });
    return &made;
  }

  StatusOr<WriteNode> NodeOf(const sluice_schema& connect, const Field& own, const Field& target) {
    WriteNode node;
    node.connect = &connect;
    node.type = target.type;
    const Known known = KnownOf(record::LogicalOf(&connect));
    const Known there =
        target.message == nullptr ? Known::kNone : KnownMessage(target.message->full_name);
    if (known != Known::kNone) {
      if (there != known) return NoPlace(target, connect);
      node.op = OpOf(known);
      return node;
    }
    if (connect.type == SLUICE_STRUCT) {
      if (target.message == nullptr || own.message == nullptr) return NoPlace(target, connect);
      node.op = WriteOp::kStruct;
      SLUICE_ASSIGN_OR_RETURN(node.message, PlanOf(connect, *own.message, *target.message));
      return node;
    }
    if (target.message != nullptr) {
      const Field* wrapped = WrappedValue(*target.message);
      if (wrapped == nullptr) return NoPlace(target, connect);
      node.wrapped = true;
      // As the original writes it; readers take the lower 32 bits.
      node.type = wrapped->type == Type::kUint32 ? Type::kInt32 : wrapped->type;
    }
    if (node.type == Type::kEnum && connect.type == SLUICE_STRING) {
      node.op = WriteOp::kEnumText;
      AddSymbols(node, connect, *target.enumeration);
      return node;
    }
    if (!Fits(connect.type, node.type)) return NoPlace(target, connect);
    if (node.type == Type::kString || node.type == Type::kBytes) node.op = WriteOp::kText;
    return node;
  }

 private:
  StatusOr<WriteField> FieldOf(std::string_view connect_name, const sluice_schema& connect,
                               const Message& own_message, const Message& target_message) {
    const std::string name = ScrubName(connect_name, options_);
    const Field* own = own_message.Find(name);
    if (own == nullptr) return DataError(StrCat("Cannot find field with name ", name));
    const Field* target = target_message.Find(name);
    if (target == nullptr) {
      target = target_message.Find(own->number);
      if (target != nullptr) {
        return DataError(StrCat("The Protobuf message ", target_message.full_name, " has no field ",
                                name, ", and its number ", own->number, " is that of the field ",
                                target->name));
      }
      target = own;
    }
    WriteField made;
    made.name = name;
    made.number = target->number;
    made.fallback = options_.ignore_default_for_nullables ? nullptr : connect.default_value;
    if (connect.type == SLUICE_MAP) {
      SLUICE_RETURN_IF_ERROR(FillMap(made, connect, *own, *target));
      return made;
    }
    const bool list = connect.type == SLUICE_ARRAY;
    if (target->repeated() != list) return NoPlace(*target, connect);
    SLUICE_ASSIGN_OR_RETURN(made.node,
                            NodeOf(list ? *connect.value_schema : connect, *own, *target));
    const Wire wire = made.node.wrapped ? Wire::kBytes : WireOf(made.node.type);
    if (list) {
      made.shape = wire == Wire::kBytes ? WriteField::Shape::kList : WriteField::Shape::kPacked;
    }
    made.tag = TagOf(made.number, list ? Wire::kBytes : wire);
    // Presence is the own message's, which is proto3.
    made.skips_zero = own->type != Type::kMessage && !own->proto3_optional && own->oneof < 0 &&
                      !made.node.wrapped;
    if (own->type == Type::kEnum) made.zero = own->enumeration->values[0].number;
    return made;
  }

  Status FillMap(WriteField& made, const sluice_schema& connect, const Field& own,
                 const Field& target) {
    if (!IsMap(target) || !IsMap(own)) return NoPlace(target, connect);
    made.shape = WriteField::Shape::kMap;
    made.tag = TagOf(made.number, Wire::kBytes);
    WriteMessage& entry = plan_.messages.emplace_back();
    SLUICE_ASSIGN_OR_RETURN(WriteField key,
                            FieldOf("key", *connect.key_schema, *own.message, *target.message));
    SLUICE_ASSIGN_OR_RETURN(WriteField value,
                            FieldOf("value", *connect.value_schema, *own.message, *target.message));
    entry.fields.push_back(std::move(key));
    entry.fields.push_back(std::move(value));
    made.entry = &entry;
    return OkStatus();
  }

  Status AddUnion(WriteMessage& made, uint32_t field, const sluice_schema& connect,
                  const Message& own, const Message& target) {
    WriteMessage::Union& in = made.unions.emplace_back();
    in.field = field;
    in.connect = &connect;
    for (uint32_t i = 0; i < connect.field_count; ++i) {
      const sluice_schema& member = *connect.fields[i].schema;
      SLUICE_ASSIGN_OR_RETURN(WriteField one,
                              FieldOf(abi::View(connect.fields[i].name), member, own, target));
      one.field = field;
      one.in_union = static_cast<int32_t>(made.unions.size()) - 1;
      one.member = i;
      in.fallbacks.push_back(one.fallback);
      made.fields.push_back(std::move(one));
    }
    return OkStatus();
  }

  // The numbers are the Connect schema's, as in the original; where it is a plain string, the
  // target's.
  void AddSymbols(WriteNode& node, const sluice_schema& connect, const Enum& target) const {
    const std::string prefix = StrCat(options_.generalized_sum_types ? kGeneralEnum : kEnum, ".");
    for (uint32_t i = 0; i < connect.parameter_count; ++i) {
      std::string_view name = abi::View(connect.parameters[i].key);
      const auto number = ParseInt64(abi::View(connect.parameters[i].value));
      if (!name.starts_with(prefix) || !number) continue;
      node.symbols.emplace(name.substr(prefix.size()), static_cast<int32_t>(*number));
    }
    if (!node.symbols.empty()) return;
    for (const EnumValue& value : target.values) {
      node.symbols.emplace(names_.emplace_back(value.name), value.number);
    }
  }

  const ProtobufOptions& options_;
  WritePlan& plan_;
  std::deque<std::string>& names_ = plan_.names;
  std::map<std::tuple<const sluice_schema*, const Message*, const Message*>, const WriteMessage*>
      known_;
};

}  // namespace

StatusOr<std::unique_ptr<WritePlan>> MakeWritePlan(const sluice_schema& connect, const Message& own,
                                                   const Message& target,
                                                   const ProtobufOptions& options) {
  auto plan = std::make_unique<WritePlan>();
  plan->schema = abi::SchemaRef(&connect);
  Planner planner(options, *plan);
  if (connect.type == SLUICE_STRUCT) {
    SLUICE_ASSIGN_OR_RETURN(plan->root, planner.PlanOf(connect, own, target));
    return plan;
  }
  const Field* value = WrappedValue(target);
  if (value == nullptr) {
    return DataError(StrCat("The Protobuf message ", target.full_name,
                            " has no place for values of ", record::SchemaText(connect)));
  }
  SLUICE_ASSIGN_OR_RETURN(plan->scalar.node, planner.NodeOf(connect, *value, *value));
  plan->scalar.name = value->name;
  plan->scalar.tag = TagOf(value->number, WireOf(value->type));
  plan->scalar.skips_zero = true;
  return plan;
}

}  // namespace sluice::convert::protobuf
