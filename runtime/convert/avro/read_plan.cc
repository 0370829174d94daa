#include "runtime/convert/avro/read_plan.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/avro/connect_names.h"
#include "runtime/convert/avro/to_connect.h"
#include "runtime/record/schema.h"

namespace sluice::convert::avro {
namespace {

using record::Logical;

constexpr int kDepthMax = 600;
constexpr size_t kNodesMax = 200'000;
constexpr uint32_t kMinBytesMax = 1 << 20;
constexpr int kMinDepth = 8;  // deeper counts as nothing: it is a bound

std::string NameOf(const Schema& avro) {
  return avro.named() ? StrCat(TypeName(avro.type), " ", avro.full_name())
                      : std::string(TypeName(avro.type));
}

uint32_t MinBytesAt(const Schema& schema, int depth) {
  switch (schema.type) {
    case Type::kNull:
      return 0;
    case Type::kFloat:
      return 4;
    case Type::kDouble:
      return 8;
    case Type::kFixed:
      return std::min(static_cast<uint32_t>(schema.size), kMinBytesMax);
    case Type::kRecord: {
      if (depth > kMinDepth) return 0;
      uint32_t sum = 0;
      for (const Field& field : schema.fields) {
        sum += MinBytesAt(*field.schema, depth + 1);
        if (sum >= 64) break;  // enough of a bound
      }
      return sum;
    }
    default:
      return 1;
  }
}

class Planner {
 public:
  Planner(const AvroOptions& options, ReadPlan& plan) : options_(options), plan_(plan) {}

  StatusOr<const ReadNode*> Make(const Schema& writer, const Schema& reader,
                                 const sluice_schema* connect) {
    const auto key = std::make_tuple(&writer, &reader, connect);
    if (const auto known = nodes_.find(key); known != nodes_.end()) return known->second;
    if (++depth_ > kDepthMax || plan_.nodes.size() > kNodesMax) {
      return DataError("The Avro schema is too large, or nested too deep");
    }
    plan_.nodes.emplace_back();
    ReadNode& node = plan_.nodes.back();
    node.min_bytes = MinBytes(writer);
    nodes_.emplace(key, &node);
    const Status filled = Fill(writer, reader, connect, node);
    --depth_;
    SLUICE_RETURN_IF_ERROR(filled);
    return &node;
  }

 private:
  Status Fill(const Schema& writer, const Schema& reader, const sluice_schema* connect,
              ReadNode& node) {
    if (writer.type == Type::kUnion) {
      node.op = ReadOp::kUnion;
      for (const Schema* branch : writer.branches) {
        SLUICE_ASSIGN_OR_RETURN(const ReadNode* child, Make(*branch, reader, connect));
        node.children.push_back(child);
      }
      return OkStatus();
    }
    if (reader.type == Type::kUnion) return FillReaderUnion(writer, reader, connect, node);
    if (connect == nullptr) return FillAnything(writer, node);
    if (writer.type != reader.type && !IsPromotable(writer.type, reader.type)) {
      return Fail(
          StrCat("the writer has ", NameOf(writer), " where the reader expects ", NameOf(reader)),
          node);
    }
    if (writer.named() && reader.named() && !NamesMatch(writer, reader)) {
      return Fail(
          StrCat("the writer has ", NameOf(writer), " where the reader expects ", NameOf(reader)),
          node);
    }
    if (writer.type == Type::kFixed && reader.type == Type::kFixed && writer.size != reader.size) {
      return Fail(StrCat("the writer has ", writer.size, " bytes of ", NameOf(writer),
                         " where the reader expects ", reader.size),
                  node);
    }
    return FillValue(writer, reader, *connect, node);
  }

  // Found only when a record has it: another branch of a union may never come.
  static Status Fail(std::string text, ReadNode& node) {
    node.op = ReadOp::kFail;
    node.text = std::move(text);
    return OkStatus();
  }

  static Status FillAnything(const Schema& writer, ReadNode& node) {
    const Schema& wanted = AnythingSchema();
    if (writer.type != wanted.type || writer.full_name() != wanted.full_name()) {
      return Fail(StrCat("the writer has ", NameOf(writer), " instead of schemaless data"), node);
    }
    node.op = ReadOp::kAnything;
    return OkStatus();
  }

  Status FillReaderUnion(const Schema& writer, const Schema& reader, const sluice_schema* connect,
                         ReadNode& node) {
    const int branch = MatchBranch(writer, reader);
    if (branch < 0) {
      return Fail(StrCat("the reader's union has no branch for ", NameOf(writer)), node);
    }
    if (writer.type == Type::kNull) {
      node.op = ReadOp::kNull;
      return OkStatus();
    }
    const Schema& matched = *reader.branches[static_cast<size_t>(branch)];
    if (connect == nullptr || !IsUnionOf(*connect, reader)) {
      return Fill(writer, matched, connect, node);
    }
    const int field = abi::FieldIndex(*connect, UnionField(matched, branch, options_));
    if (field < 0) return DataError("Did not find matching union field for data");
    node.op = ReadOp::kWrap;
    node.connect = connect;
    node.field = static_cast<uint32_t>(field);
    SLUICE_ASSIGN_OR_RETURN(const ReadNode* child,
                            Make(writer, matched, connect->fields[field].schema));
    node.children.push_back(child);
    return OkStatus();
  }

  // Not of [null, X], nor of a single branch that was flattened, which are X.
  bool IsUnionOf(const sluice_schema& connect, const Schema& reader) const {
    if (!IsUnion(connect)) return false;
    if (reader.branches.size() == 1) return !options_.flatten_singleton_unions;
    if (reader.branches.size() != 2) return true;
    return reader.branches[0]->type != Type::kNull && reader.branches[1]->type != Type::kNull;
  }

  Status FillValue(const Schema& writer, const Schema& reader, const sluice_schema& connect,
                   ReadNode& node) {
    const Logical logical = record::LogicalOf(&connect);
    switch (writer.type) {
      case Type::kNull:
        node.op = ReadOp::kNull;
        return OkStatus();
      case Type::kBoolean:
        node.op = ReadOp::kBoolean;
        return OkStatus();
      case Type::kInt:
      case Type::kLong:
        node.op = writer.type == Type::kInt ? ReadOp::kInt : ReadOp::kLong;
        node.kind = KindOf(connect, logical);
        node.time_of_day = logical == Logical::kTime;
        return OkStatus();
      case Type::kFloat:
      case Type::kDouble:
        node.op = writer.type == Type::kFloat ? ReadOp::kFloat : ReadOp::kDouble;
        node.kind = connect.type;
        return OkStatus();
      case Type::kString:
      case Type::kBytes:
      case Type::kFixed:
        return FillBytes(writer, connect, logical, node);
      case Type::kEnum:
        return FillEnum(writer, reader, node);
      case Type::kArray:
        if (IsMapEntry(*reader.items)) return FillEntries(writer, reader, connect, node);
        return FillItems(writer, reader, connect, ReadOp::kArray, node);
      case Type::kMap:
        return FillItems(writer, reader, connect, ReadOp::kMap, node);
      case Type::kRecord:
        return FillRecord(writer, reader, connect, node);
      case Type::kUnion:
        break;
    }
    return DataError("An Avro type that there is not");
  }

  static sluice_kind KindOf(const sluice_schema& connect, Logical logical) {
    const sluice_kind type = connect.type;
    if (logical == Logical::kDate && type == SLUICE_INT32) return SLUICE_DATE;
    if (logical == Logical::kTime && type == SLUICE_INT32) return SLUICE_TIME;
    if (logical == Logical::kTimestamp && type == SLUICE_INT64) return SLUICE_TIMESTAMP;
    return type;
  }

  static Status FillBytes(const Schema& writer, const sluice_schema& connect, Logical logical,
                          ReadNode& node) {
    node.size = writer.type == Type::kFixed ? static_cast<uint32_t>(writer.size) : 0;
    if (connect.type == SLUICE_STRING) {
      node.op = ReadOp::kString;
    } else if (logical == Logical::kDecimal) {
      node.op = ReadOp::kDecimal;
      node.kind = writer.type == Type::kFixed ? SLUICE_ARRAY : SLUICE_BYTES;  // how it is framed
      SLUICE_ASSIGN_OR_RETURN(node.scale, record::DecimalScale(connect));
    } else {
      node.op = writer.type == Type::kFixed ? ReadOp::kFixed : ReadOp::kBytes;
    }
    return OkStatus();
  }

  static Status FillEnum(const Schema& writer, const Schema& reader, ReadNode& node) {
    node.op = ReadOp::kEnum;
    for (const std::string& symbol : writer.symbols) {
      const bool known =
          std::find(reader.symbols.begin(), reader.symbols.end(), symbol) != reader.symbols.end();
      node.symbols.push_back(known ? symbol : reader.enum_default.value_or(""));
    }
    return OkStatus();
  }

  Status FillItems(const Schema& writer, const Schema& reader, const sluice_schema& connect,
                   ReadOp op, ReadNode& node) {
    node.op = op;
    SLUICE_ASSIGN_OR_RETURN(const ReadNode* item,
                            Make(*writer.items, *reader.items, connect.value_schema));
    node.children.push_back(item);
    return OkStatus();
  }

  Status FillEntries(const Schema& writer, const Schema& reader, const sluice_schema& connect,
                     ReadNode& node) {
    if (connect.type != SLUICE_MAP) return TooDeep(reader, node);
    const Schema& entry = *writer.items;
    const bool plain = entry.type == Type::kRecord && entry.fields.size() == 2 &&
                       entry.fields[0].name == "key" && entry.fields[1].name == "value";
    if (!plain || reader.items->FindField("key") == nullptr ||
        reader.items->FindField("value") == nullptr) {
      return DataError(
          "Found map encoded as array of key-value pairs, but array elements do not match the "
          "expected format.");
    }
    node.op = ReadOp::kEntries;
    for (const auto& [name, schema] :
         {std::pair{"key", connect.key_schema}, std::pair{"value", connect.value_schema}}) {
      SLUICE_ASSIGN_OR_RETURN(
          const ReadNode* child,
          Make(*entry.FindField(name)->schema, *reader.items->FindField(name)->schema, schema));
      node.children.push_back(child);
    }
    return OkStatus();
  }

  static Status TooDeep(const Schema& reader, ReadNode& node) {
    return Fail(StrCat("a value of the recursive type ", reader.full_name(),
                       " is nested deeper than its schema was unrolled"),
                node);
  }

  Status FillRecord(const Schema& writer, const Schema& reader, const sluice_schema& connect,
                    ReadNode& node) {
    if (connect.field_count == 0 && !reader.fields.empty()) return TooDeep(reader, node);
    node.op = ReadOp::kRecord;
    node.connect = &connect;
    std::vector<bool> filled(reader.fields.size(), false);
    for (const Field& field : writer.fields) {
      const int index = ReaderField(writer, reader, field);
      node.slots.push_back(index);
      node.skipped.push_back(field.schema);
      if (index < 0) {
        node.children.push_back(nullptr);
        continue;
      }
      const auto place = static_cast<size_t>(index);
      filled[place] = true;
      SLUICE_ASSIGN_OR_RETURN(
          const ReadNode* child,
          Make(*field.schema, *reader.fields[place].schema, connect.fields[place].schema));
      node.children.push_back(child);
    }
    for (size_t i = 0; i < filled.size(); ++i) {
      if (filled[i]) continue;
      const Field& field = reader.fields[i];
      if (field.default_value == nullptr) {
        return DataError(StrCat("The writer's ", writer.full_name(), " has no field ", field.name,
                                ", and the reader's has no default for it"));
      }
      SLUICE_ASSIGN_OR_RETURN(const sluice_value value,
                              DefaultValue(*field.schema, *connect.fields[i].schema,
                                           *field.default_value, options_, plan_.defaults));
      node.defaults.emplace_back(static_cast<uint32_t>(i), value);
    }
    return OkStatus();
  }

  // By name, or by one of the reader's aliases if no field of the writer has the name itself.
  static int ReaderField(const Schema& writer, const Schema& reader, const Field& field) {
    for (size_t i = 0; i < reader.fields.size(); ++i) {
      if (reader.fields[i].name == field.name) return static_cast<int>(i);
    }
    for (size_t i = 0; i < reader.fields.size(); ++i) {
      const auto& aliases = reader.fields[i].aliases;
      if (std::find(aliases.begin(), aliases.end(), field.name) == aliases.end()) continue;
      if (writer.FindField(reader.fields[i].name) == nullptr) return static_cast<int>(i);
    }
    return -1;
  }

  const AvroOptions& options_;
  ReadPlan& plan_;
  std::map<std::tuple<const Schema*, const Schema*, const sluice_schema*>, const ReadNode*> nodes_;
  int depth_ = 0;
};

}  // namespace

uint32_t MinBytes(const Schema& schema) { return MinBytesAt(schema, 0); }

StatusOr<std::unique_ptr<ReadPlan>> MakeReadPlan(const Schema& writer, const Schema& reader,
                                                 const sluice_schema* connect,
                                                 const AvroOptions& options) {
  auto plan = std::make_unique<ReadPlan>();
  plan->raw = writer.type == Type::kBytes;
  SLUICE_ASSIGN_OR_RETURN(plan->root, Planner(options, *plan).Make(writer, reader, connect));
  return plan;
}

}  // namespace sluice::convert::avro
