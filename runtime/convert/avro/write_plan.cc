#include "runtime/convert/avro/write_plan.h"

#include <utility>

#include "runtime/abi/arena.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/avro/connect_names.h"
#include "runtime/convert/avro/json_binary.h"
#include "runtime/record/schema.h"

namespace sluice::convert::avro {
namespace {

using record::Logical;

constexpr int kDepthMax = 600;

std::string NameOf(const Schema& avro) {
  return avro.named() ? StrCat(TypeName(avro.type), " ", avro.full_name())
                      : std::string(TypeName(avro.type));
}

Status NoPlace(const sluice_schema& connect, const Schema& avro) {
  return DataError(StrCat("A value of schema ", record::SchemaText(connect),
                          " cannot be written as Avro's ", NameOf(avro)));
}

class Planner {
 public:
  Planner(const AvroOptions& options, WritePlan& plan) : options_(options), plan_(plan) {}

  StatusOr<const WriteNode*> Make(const sluice_schema* connect, const Schema& avro) {
    const auto key = std::make_pair(connect, &avro);
    if (const auto known = nodes_.find(key); known != nodes_.end()) return known->second;
    if (++depth_ > kDepthMax) return DataError("A schema is nested too deep for Avro");
    plan_.nodes.emplace_back();
    WriteNode& node = plan_.nodes.back();
    nodes_.emplace(key, &node);
    const Status filled = connect == nullptr ? FillAnything(avro) : Fill(*connect, avro, node);
    --depth_;
    SLUICE_RETURN_IF_ERROR(filled);
    return &node;
  }

 private:
  static Status FillAnything(const Schema& avro) {
    const Schema& wanted = AnythingSchema();
    if (avro.type == wanted.type && avro.full_name() == wanted.full_name()) return OkStatus();
    return DataError(StrCat("Schemaless data cannot be written as Avro's ", NameOf(avro)));
  }

  Status Fill(const sluice_schema& connect, const Schema& avro, WriteNode& node) {
    node.connect = &connect;
    node.optional = connect.optional != 0;
    node.kind = connect.type;
    if (IsUnion(connect)) return FillUnion(connect, avro, node);
    if (avro.type != Type::kUnion) return FillValue(connect, avro, node);
    for (size_t i = 0; i < avro.branches.size(); ++i) {
      if (avro.branches[i]->type == Type::kNull) node.null_branch = static_cast<int32_t>(i);
    }
    const int branch = BranchFor(connect, avro);
    if (branch < 0) return NoPlace(connect, avro);
    node.value_branch = branch;
    return FillValue(connect, *avro.branches[static_cast<size_t>(branch)], node);
  }

  // Which branch a value of this schema is: by name if it has one, then by type, then by promotion.
  int BranchFor(const sluice_schema& connect, const Schema& avro) const {
    int by_type = -1, promoted = -1;
    for (size_t i = 0; i < avro.branches.size(); ++i) {
      const Schema& branch = *avro.branches[i];
      const int fit = Fit(connect, branch);
      if (fit == 3) return static_cast<int>(i);
      if (fit == 2 && by_type < 0) by_type = static_cast<int>(i);
      if (fit == 1 && promoted < 0) promoted = static_cast<int>(i);
    }
    return by_type >= 0 ? by_type : promoted;
  }

  // 3: surely this; 2: the type; 1: it can be promoted; 0: no.
  int Fit(const sluice_schema& connect, const Schema& branch) const {
    if (branch.type == Type::kNull) return 0;
    if (connect.type == SLUICE_STRUCT) {
      if (branch.type != Type::kRecord) return 0;
      return NameFits(connect, branch) ? 3 : 2;
    }
    if (connect.type == SLUICE_STRING) {
      if (branch.type == Type::kEnum)
        return EnumFits(connect, branch) ? 3 : IsEnum(connect) ? 2 : 1;
      return branch.type == Type::kString ? (IsEnum(connect) ? 2 : 3) : 0;
    }
    if (connect.type == SLUICE_BYTES) {
      if (branch.type == Type::kFixed) {
        if (FixedSize(connect) != branch.size) return 0;
        return NameFits(connect, branch) ? 3 : 2;
      }
      return branch.type == Type::kBytes ? (FixedSize(connect) ? 2 : 3) : 0;
    }
    if (connect.type == SLUICE_MAP) {
      const bool map = HasTextKeys(connect, options_);
      return branch.type == (map ? Type::kMap : Type::kArray) && (map || IsMapEntry(*branch.items))
                 ? 3
                 : 0;
    }
    if (connect.type == SLUICE_ARRAY) {
      return branch.type == Type::kArray && !IsMapEntry(*branch.items) ? 3 : 0;
    }
    const Type own = NumberType(connect.type);
    return own == branch.type ? 3 : own != Type::kNull && IsPromotable(own, branch.type) ? 1 : 0;
  }

  bool NameFits(const sluice_schema& connect, const Schema& branch) const {
    if (connect.name.data == nullptr) return branch.full_name().starts_with(kDefaultFullName);
    return SplitFullName(abi::View(connect.name), options_).full() == branch.full_name();
  }

  bool EnumFits(const sluice_schema& connect, const Schema& branch) const {
    for (const std::string_view key : {kEnum, kGeneralEnum}) {
      const sluice_key_value* name = FindParameter(connect, key);
      if (name != nullptr && abi::View(name->value) == branch.full_name()) return true;
    }
    return false;
  }

  static Type NumberType(sluice_kind kind) {
    switch (kind) {
      case SLUICE_BOOLEAN:
        return Type::kBoolean;
      case SLUICE_INT8:
      case SLUICE_INT16:
      case SLUICE_INT32:
        return Type::kInt;
      case SLUICE_INT64:
        return Type::kLong;
      case SLUICE_FLOAT32:
        return Type::kFloat;
      case SLUICE_FLOAT64:
        return Type::kDouble;
      default:
        return Type::kNull;
    }
  }

  Status FillValue(const sluice_schema& connect, const Schema& avro, WriteNode& node) {
    switch (connect.type) {
      case SLUICE_STRING:
        return FillString(avro, node);
      case SLUICE_BYTES:
        return FillBytes(avro, node);
      case SLUICE_ARRAY: {
        if (avro.type != Type::kArray) return NoPlace(connect, avro);
        node.op = WriteOp::kArray;
        SLUICE_ASSIGN_OR_RETURN(node.item, Make(connect.value_schema, *avro.items));
        return OkStatus();
      }
      case SLUICE_MAP:
        return FillMap(avro, node);
      case SLUICE_STRUCT:
        if (avro.type != Type::kRecord) return NoPlace(connect, avro);
        return FillRecord(avro, node);
      default:
        return FillNumber(avro, node);
    }
  }

  static Status FillNumber(const Schema& avro, WriteNode& node) {
    const Type own = NumberType(node.kind);
    if (own == Type::kNull || (own != avro.type && !IsPromotable(own, avro.type))) {
      return NoPlace(*node.connect, avro);
    }
    const Logical logical = record::LogicalOf(node.connect);
    const bool integer = avro.type == Type::kInt || avro.type == Type::kLong;
    if (integer && logical != Logical::kNone && logical != Logical::kDecimal) {
      node.op = WriteOp::kDate;
    } else {
      node.op = avro.type == Type::kBoolean ? WriteOp::kBoolean
                : integer                   ? WriteOp::kInteger
                : avro.type == Type::kFloat ? WriteOp::kFloat
                                            : WriteOp::kDouble;
    }
    return OkStatus();
  }

  static Status FillString(const Schema& avro, WriteNode& node) {
    if (avro.type == Type::kString || avro.type == Type::kBytes) {
      node.op = WriteOp::kText;
      return OkStatus();
    }
    if (avro.type != Type::kEnum) return NoPlace(*node.connect, avro);
    node.op = WriteOp::kEnum;
    node.enum_symbols = avro.symbols;
    for (size_t i = 0; i < node.enum_symbols.size(); ++i) {
      node.symbols.emplace(node.enum_symbols[i], static_cast<int64_t>(i));
    }
    return OkStatus();
  }

  static Status FillBytes(const Schema& avro, WriteNode& node) {
    const bool decimal = record::LogicalOf(node.connect) == Logical::kDecimal;
    if (decimal) {
      SLUICE_ASSIGN_OR_RETURN(node.scale, record::DecimalScale(*node.connect));
    }
    if (avro.type == Type::kFixed) {
      node.op = decimal ? WriteOp::kDecimalFixed : WriteOp::kFixed;
      node.size = static_cast<uint32_t>(avro.size);
    } else if (avro.type == Type::kBytes || (avro.type == Type::kString && !decimal)) {
      node.op = decimal ? WriteOp::kDecimal : WriteOp::kText;
    } else {
      return NoPlace(*node.connect, avro);
    }
    return OkStatus();
  }

  Status FillMap(const Schema& avro, WriteNode& node) {
    const sluice_schema& connect = *node.connect;
    if (HasTextKeys(connect, options_) && avro.type == Type::kMap) {
      node.op = WriteOp::kMap;
      SLUICE_ASSIGN_OR_RETURN(node.item, Make(connect.value_schema, *avro.items));
      return OkStatus();
    }
    const Field *key = nullptr, *value = nullptr;
    if (avro.type == Type::kArray && avro.items->type == Type::kRecord) {
      key = avro.items->FindField("key");
      value = avro.items->FindField("value");
    }
    if (key == nullptr || value == nullptr || avro.items->fields.size() != 2 ||
        key != &avro.items->fields[0]) {
      return NoPlace(connect, avro);
    }
    node.op = WriteOp::kEntries;
    SLUICE_ASSIGN_OR_RETURN(node.key, Make(connect.key_schema, *key->schema));
    SLUICE_ASSIGN_OR_RETURN(node.item, Make(connect.value_schema, *value->schema));
    return OkStatus();
  }

  Status FillRecord(const Schema& avro, WriteNode& node) {
    const sluice_schema& connect = *node.connect;
    if (connect.field_count == 0 && !avro.fields.empty()) {
      node.op = WriteOp::kTooDeep;
      return OkStatus();
    }
    node.op = WriteOp::kRecord;
    for (const Field& field : avro.fields) {
      WriteNode::Slot slot;
      const int index = FieldFor(connect, field.name);
      if (index >= 0) {
        const sluice_schema& inner = *connect.fields[index].schema;
        slot.field = static_cast<uint32_t>(index);
        if (!options_.ignore_default_for_nullables) slot.fallback = inner.default_value;
        SLUICE_ASSIGN_OR_RETURN(slot.node, Make(&inner, *field.schema));
      } else if (field.default_value != nullptr) {
        SLUICE_ASSIGN_OR_RETURN(slot.bytes, JsonToBinary(*field.schema, *field.default_value));
      } else {
        return DataError(StrCat("The Avro schema has a field ", avro.full_name(), ".", field.name,
                                " without a default, which the record's schema ",
                                record::SchemaText(connect), " does not have"));
      }
      node.slots.push_back(std::move(slot));
    }
    return OkStatus();
  }

  int FieldFor(const sluice_schema& connect, std::string_view name) const {
    const int same = abi::FieldIndex(connect, name);
    if (same >= 0 || !options_.scrub_invalid_names) return same;
    for (uint32_t i = 0; i < connect.field_count; ++i) {
      if (ScrubName(abi::View(connect.fields[i].name), options_) == name) {
        return static_cast<int>(i);
      }
    }
    return -1;
  }

  Status FillUnion(const sluice_schema& connect, const Schema& avro, WriteNode& node) {
    if (avro.type != Type::kUnion) return NoPlace(connect, avro);
    node.op = WriteOp::kUnion;
    for (size_t i = 0; i < avro.branches.size(); ++i) {
      if (avro.branches[i]->type == Type::kNull) node.null_branch = static_cast<int32_t>(i);
    }
    for (uint32_t i = 0; i < connect.field_count; ++i) {
      const sluice_schema& inner = *connect.fields[i].schema;
      WriteNode::Slot slot{.field = i};
      if (!options_.ignore_default_for_nullables) slot.fallback = inner.default_value;
      SLUICE_ASSIGN_OR_RETURN(slot.node, Make(&inner, avro));
      node.slots.push_back(std::move(slot));
    }
    return OkStatus();
  }

  const AvroOptions& options_;
  WritePlan& plan_;
  std::map<std::pair<const sluice_schema*, const Schema*>, const WriteNode*> nodes_;
  int depth_ = 0;
};

}  // namespace

StatusOr<std::unique_ptr<WritePlan>> MakeWritePlan(const sluice_schema* connect, const Schema& avro,
                                                   const AvroOptions& options) {
  auto plan = std::make_unique<WritePlan>();
  plan->schema = abi::SchemaRef(connect);
  plan->options = options;
  plan->raw = avro.type == Type::kBytes;
  SLUICE_ASSIGN_OR_RETURN(plan->root, Planner(options, *plan).Make(connect, avro));
  return plan;
}

}  // namespace sluice::convert::avro
