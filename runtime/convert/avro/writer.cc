#include "runtime/convert/avro/writer.h"

#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/avro/write_plan.h"
#include "runtime/record/calendar.h"
#include "runtime/record/decimal.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::convert::avro {
namespace {

using record::JavaClassText;
using record::Logical;

constexpr int kDepthMax = 1000;
// The branch of each field of Anything is 1, and 0 (null) for all others.
enum Anything { kBool, kBytes, kDouble, kFloat, kInt, kLong, kString, kArray, kMap, kFields };

Status WrongClass(const WriteNode& node, const sluice_value& value) {
  return DataError(StrCat("Invalid type for ", record::TypeName(node.connect->type), ": ",
                          JavaClassText(value)));
}

class Run {
 public:
  Run(const WritePlan& plan, ByteOutput& out) : plan_(plan), out_(out) {}

  // `inside`: of a container, where schemaless null has a form.
  Status Write(const WriteNode& node, const sluice_value& value, int depth) {
    if (node.op == WriteOp::kAnything) return WriteAnything(value, depth);
    if (abi::IsNull(value)) return WriteNull(node);
    if (node.value_branch >= 0) out_.Zigzag(node.value_branch);
    switch (node.op) {
      case WriteOp::kBoolean:
        if (value.kind != SLUICE_BOOLEAN) break;
        out_.Byte(value.as.int64 != 0 ? 1 : 0);
        return OkStatus();
      case WriteOp::kInteger:
        if (value.kind != node.kind) break;
        out_.Zigzag(value.as.int64);
        return OkStatus();
      case WriteOp::kFloat:
        if (value.kind != node.kind) break;
        out_.LittleEndian(value.kind == SLUICE_FLOAT32 ? value.as.float32
                                                       : static_cast<float>(value.as.int64));
        return OkStatus();
      case WriteOp::kDouble:
        if (value.kind != node.kind) break;
        out_.LittleEndian(value.kind == SLUICE_FLOAT64   ? value.as.float64
                          : value.kind == SLUICE_FLOAT32 ? static_cast<double>(value.as.float32)
                                                         : static_cast<double>(value.as.int64));
        return OkStatus();
      case WriteOp::kText:
        if (value.kind != node.kind) break;
        if (!plan_.raw) out_.Zigzag(value.size);
        out_.Raw(abi::Text(value));
        return OkStatus();
      case WriteOp::kFixed:
        return WriteFixed(node, value);
      case WriteOp::kDecimal:
      case WriteOp::kDecimalFixed:
        return WriteDecimal(node, value);
      case WriteOp::kDate:
        return WriteDate(node, value);
      case WriteOp::kEnum:
        return WriteEnum(node, value);
      case WriteOp::kArray:
      case WriteOp::kMap:
      case WriteOp::kEntries:
        return WriteContainer(node, value, depth + 1);
      case WriteOp::kRecord:
        return WriteRecord(node, value, depth + 1);
      case WriteOp::kUnion:
        return WriteUnion(node, value, depth + 1);
      default:
        return DataError(
            StrCat("A recursive type is nested too deep: ", record::SchemaText(*node.connect)));
    }
    return WrongClass(node, value);
  }

 private:
  Status WriteNull(const WriteNode& node) {
    if (!node.optional) return DataError("Found null value for non-optional schema");
    if (node.null_branch < 0) {
      return DataError(StrCat("The Avro schema has no null for a value of schema ",
                              record::SchemaText(*node.connect)));
    }
    out_.Zigzag(node.null_branch);
    return OkStatus();
  }

  Status WriteFixed(const WriteNode& node, const sluice_value& value) {
    if (value.kind != SLUICE_BYTES) return WrongClass(node, value);
    if (value.size != node.size) {
      return DataError(StrCat("A value of ", value.size, " bytes for a fixed of ", node.size));
    }
    out_.Raw(abi::Text(value));
    return OkStatus();
  }

  Status WriteDecimal(const WriteNode& node, const sluice_value& value) {
    if (value.kind != SLUICE_DECIMAL) {
      return DataError(
          StrCat("Invalid type for Decimal, expected BigDecimal but was ", JavaClassText(value)));
    }
    const sluice_decimal& decimal = *value.as.decimal;
    if (decimal.scale != node.scale) {
      return DataError(
          StrCat("Decimal value has mismatching scale for given Decimal schema. Schema has scale ",
                 node.scale, ", value has scale ", decimal.scale, "."));
    }
    const std::string_view bytes = record::MinimalUnscaled(decimal);
    if (node.op == WriteOp::kDecimal) {
      if (!plan_.raw) out_.Zigzag(static_cast<int64_t>(bytes.size()));
      out_.Raw(bytes);
      return OkStatus();
    }
    if (bytes.size() > node.size) {
      return DataError(StrCat("Unscaled value byte array length ", bytes.size(),
                              " is greater than fixed size ", node.size));
    }
    out_.Fill(!bytes.empty() && static_cast<signed char>(bytes[0]) < 0 ? 0xff : 0,
              node.size - bytes.size());
    out_.Raw(bytes);
    return OkStatus();
  }

  Status WriteDate(const WriteNode& node, const sluice_value& value) {
    const Logical logical = record::LogicalOf(node.connect);
    if (!record::IsDateKind(value.kind)) {
      return DataError(StrCat("Invalid type for ",
                              logical == Logical::kDate   ? "Date"
                              : logical == Logical::kTime ? "Time"
                                                          : "Timestamp",
                              ", expected Date but was ", JavaClassText(value)));
    }
    const int64_t millis = record::DateMillis(value);
    if (logical == Logical::kDate) {
      if (value.kind != SLUICE_DATE && record::MillisOfDay(millis) != 0) {
        return DataError(
            "Kafka Connect Date type should not have any time fields set to non-zero values.");
      }
      out_.Zigzag(static_cast<int32_t>(value.kind == SLUICE_DATE ? value.as.int64
                                                                 : millis / record::kMillisPerDay));
      return OkStatus();
    }
    if (logical == Logical::kTime && (millis < 0 || millis > record::kMillisPerDay)) {
      return DataError(
          "Kafka Connect Time type should not have any date fields set to non-zero values.");
    }
    out_.Zigzag(millis);
    return OkStatus();
  }

  Status WriteEnum(const WriteNode& node, const sluice_value& value) {
    if (value.kind != SLUICE_STRING) return WrongClass(node, value);
    const auto found = node.symbols.find(abi::Text(value));
    if (found == node.symbols.end()) {
      return DataError(StrCat("'", abi::Text(value).substr(0, 200), "' is no symbol of the enum: ",
                              StrJoin(node.enum_symbols, ", ").substr(0, 500)));
    }
    out_.Zigzag(found->second);
    return OkStatus();
  }

  Status WriteContainer(const WriteNode& node, const sluice_value& value, int depth) {
    const bool array = node.op == WriteOp::kArray;
    if (value.kind != (array ? SLUICE_ARRAY : SLUICE_MAP)) return WrongClass(node, value);
    if (depth > kDepthMax) return TooDeep();
    if (value.size > 0) out_.Zigzag(value.size);
    for (uint32_t i = 0; i < value.size; ++i) {
      if (array) {
        SLUICE_RETURN_IF_ERROR(Write(*node.item, value.as.items[i], depth));
        continue;
      }
      const sluice_map_entry& entry = value.as.entries[i];
      if (node.op == WriteOp::kEntries) {
        SLUICE_RETURN_IF_ERROR(Write(*node.key, entry.key, depth));
      } else if (entry.key.kind == SLUICE_STRING) {
        out_.Zigzag(entry.key.size);
        out_.Raw(abi::Text(entry.key));
      } else {
        return DataError(StrCat("Invalid type for a map's key, expected a string but was ",
                                JavaClassText(entry.key)));
      }
      SLUICE_RETURN_IF_ERROR(Write(*node.item, entry.value, depth));
    }
    out_.Byte(0);
    return OkStatus();
  }

  // Of a record or a union, each of which is a struct of the schema that the plan was made for.
  Status CheckStruct(const WriteNode& node, const sluice_value& value, int depth) {
    if (value.kind != SLUICE_STRUCT) return WrongClass(node, value);
    if (!abi::SameSchema(value.as.structure->schema, node.connect)) {
      return DataError("Mismatching struct schema");
    }
    return depth > kDepthMax ? TooDeep() : OkStatus();
  }

  static const sluice_value& FieldOf(const WriteNode::Slot& slot, const sluice_value& value) {
    const sluice_value& field = value.as.structure->values[slot.field];
    return slot.fallback != nullptr && abi::IsNull(field) ? *slot.fallback : field;
  }

  Status WriteRecord(const WriteNode& node, const sluice_value& value, int depth) {
    SLUICE_RETURN_IF_ERROR(CheckStruct(node, value, depth));
    for (const WriteNode::Slot& slot : node.slots) {
      if (slot.node == nullptr) {
        out_.Raw(slot.bytes);
        continue;
      }
      SLUICE_RETURN_IF_ERROR(Write(*slot.node, FieldOf(slot, value), depth));
    }
    return OkStatus();
  }

  Status WriteUnion(const WriteNode& node, const sluice_value& value, int depth) {
    SLUICE_RETURN_IF_ERROR(CheckStruct(node, value, depth));
    for (const WriteNode::Slot& slot : node.slots) {
      const sluice_value& field = FieldOf(slot, value);
      if (!abi::IsNull(field)) return Write(*slot.node, field, depth);
    }
    return WriteNull(node);
  }

  static Status TooDeep() { return DataError(StrCat("A value is nested deeper than ", kDepthMax)); }

  // Nine optional fields, of which one is set, or none for null.
  Status WriteAnything(const sluice_value& value, int depth) {
    if (depth > kDepthMax) return TooDeep();
    Anything field = kFields;
    switch (value.kind) {
      case SLUICE_NULL:
        break;
      case SLUICE_BOOLEAN:
        field = kBool;
        break;
      case SLUICE_INT8:
      case SLUICE_INT16:
      case SLUICE_INT32:
        field = kInt;
        break;
      case SLUICE_INT64:
        field = kLong;
        break;
      case SLUICE_FLOAT32:
        field = kFloat;
        break;
      case SLUICE_FLOAT64:
        field = kDouble;
        break;
      case SLUICE_STRING:
        field = kString;
        break;
      case SLUICE_ARRAY:
        field = kArray;
        break;
      case SLUICE_MAP:
        field = kMap;
        break;
      default:
        return DataError(StrCat("Unknown Java type for schemaless data: ", JavaClassText(value)));
    }
    out_.Fill(0, field);
    if (field == kFields) return OkStatus();
    out_.Zigzag(1);
    SLUICE_RETURN_IF_ERROR(WriteSchemaless(value, depth + 1));
    out_.Fill(0, kFields - field - 1);
    return OkStatus();
  }

  Status WriteSchemaless(const sluice_value& value, int depth) {
    switch (value.kind) {
      case SLUICE_BOOLEAN:
        out_.Byte(value.as.int64 != 0 ? 1 : 0);
        return OkStatus();
      case SLUICE_FLOAT32:
        out_.LittleEndian(value.as.float32);
        return OkStatus();
      case SLUICE_FLOAT64:
        out_.LittleEndian(value.as.float64);
        return OkStatus();
      case SLUICE_STRING:
        out_.Zigzag(value.size);
        out_.Raw(abi::Text(value));
        return OkStatus();
      case SLUICE_ARRAY:
      case SLUICE_MAP:
        break;
      default:
        out_.Zigzag(value.as.int64);
        return OkStatus();
    }
    if (value.size > 0) out_.Zigzag(value.size);
    for (uint32_t i = 0; i < value.size; ++i) {
      if (value.kind == SLUICE_ARRAY) {
        SLUICE_RETURN_IF_ERROR(WriteAnything(value.as.items[i], depth));
      } else {
        SLUICE_RETURN_IF_ERROR(WriteAnything(value.as.entries[i].key, depth));
        SLUICE_RETURN_IF_ERROR(WriteAnything(value.as.entries[i].value, depth));
      }
    }
    out_.Byte(0);
    return OkStatus();
  }

  const WritePlan& plan_;
  ByteOutput& out_;
};

}  // namespace

StatusOr<std::unique_ptr<Writer>> Writer::Make(const sluice_schema* connect, const Schema& avro,
                                               const AvroOptions& options) {
  SLUICE_ASSIGN_OR_RETURN(std::unique_ptr<WritePlan> plan, MakeWritePlan(connect, avro, options));
  return std::unique_ptr<Writer>(new Writer(std::move(plan)));
}

Writer::Writer(std::unique_ptr<WritePlan> plan) : plan_(std::move(plan)) {}
Writer::~Writer() = default;

Status Writer::Write(const sluice_value& value, ByteOutput& out) const {
  return Run(*plan_, out).Write(*plan_->root, value, 0);
}

}  // namespace sluice::convert::avro
