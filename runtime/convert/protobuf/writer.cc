#include "runtime/convert/protobuf/writer.h"

#include <bit>
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/protobuf/decoder.h"
#include "runtime/convert/protobuf/known_values.h"
#include "runtime/convert/protobuf/wire.h"
#include "runtime/convert/protobuf/write_plan.h"
#include "runtime/record/calendar.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::convert::protobuf {
namespace {

using record::JavaClassText;

bool IsWhole(const sluice_value& value) {
  return value.kind >= SLUICE_INT8 && value.kind <= SLUICE_INT64;
}

uint8_t Tag(int number, Wire wire) {
  return static_cast<uint8_t>(number << 3 | static_cast<int>(wire));
}

class Run {
 public:
  Run(ByteOutput& out, std::vector<int32_t>& chosen) : out_(out), chosen_(chosen) {}

  Status Struct(const WriteMessage& plan, const sluice_value& value, int depth) {
    SLUICE_RETURN_IF_ERROR(CheckStruct(*plan.connect, value));
    if (depth > Decoder::kDepthMax) {
      return DataError(StrCat("A value is nested deeper than ", Decoder::kDepthMax,
                              ", which no reader of Protobuf takes"));
    }
    const sluice_value* values = value.as.structure->values;
    const size_t first = chosen_.size();
    for (const WriteMessage::Union& in : plan.unions) {
      SLUICE_ASSIGN_OR_RETURN(const int32_t member, MemberOf(in, values[in.field]));
      chosen_.push_back(member);
    }
    for (const WriteField& field : plan.fields) {
      const sluice_value* one = &values[field.field];
      if (field.in_union >= 0) {
        const int32_t member = chosen_[first + static_cast<size_t>(field.in_union)];
        if (member != static_cast<int32_t>(field.member)) continue;
        one = &one->as.structure->values[field.member];
      }
      if (abi::IsNull(*one)) {
        if (field.fallback == nullptr) continue;
        one = field.fallback;
      }
      SLUICE_RETURN_IF_ERROR(Write(field, *one, depth));
    }
    chosen_.resize(first);
    return OkStatus();
  }

  Status Write(const WriteField& field, const sluice_value& value, int depth) {
    switch (field.shape) {
      case WriteField::Shape::kOne:
        if (field.skips_zero && IsZero(field, value)) return OkStatus();
        out_.Raw(field.tag);
        return One(field.node, value, depth);
      case WriteField::Shape::kMap:
        return Map(field, value, depth);
      default:
        return List(field, value, depth);
    }
  }

 private:
  static Status WrongClass(const sluice_schema& schema, const sluice_value& value) {
    return DataError(
        StrCat("Invalid type for ", record::TypeName(schema.type), ": ", JavaClassText(value)));
  }

  static Status CheckStruct(const sluice_schema& schema, const sluice_value& value) {
    if (value.kind != SLUICE_STRUCT) return WrongClass(schema, value);
    if (abi::SameSchema(value.as.structure->schema, &schema)) return OkStatus();
    return DataError("Mismatching struct schema");
  }

  // -1: the union is null.
  static StatusOr<int32_t> MemberOf(const WriteMessage::Union& in, const sluice_value& value) {
    if (abi::IsNull(value)) return -1;
    SLUICE_RETURN_IF_ERROR(CheckStruct(*in.connect, value));
    for (uint32_t i = 0; i < value.size; ++i) {
      if (!abi::IsNull(value.as.structure->values[i]) || in.fallbacks[i] != nullptr) {
        return static_cast<int32_t>(i);
      }
    }
    return DataError("Cannot find non-null field");
  }

  // The default of proto3. A value of the wrong class is none.
  static bool IsZero(const WriteField& field, const sluice_value& value) {
    switch (value.kind) {
      case SLUICE_FLOAT32:
        return std::bit_cast<uint32_t>(value.as.float32) == 0;
      case SLUICE_FLOAT64:
        return std::bit_cast<uint64_t>(value.as.float64) == 0;
      case SLUICE_BOOLEAN:
      case SLUICE_INT8:
      case SLUICE_INT16:
      case SLUICE_INT32:
      case SLUICE_INT64:
        return value.as.int64 == field.zero;
      case SLUICE_STRING:
        if (field.node.op == WriteOp::kEnumText) {
          const auto found = field.node.symbols.find(abi::Text(value));
          return found != field.node.symbols.end() && found->second == field.zero;
        }
        return value.size == 0;
      case SLUICE_BYTES:
        return value.size == 0;
      default:
        return false;
    }
  }

  Status List(const WriteField& field, const sluice_value& value, int depth) {
    if (value.kind != SLUICE_ARRAY) {
      return DataError(StrCat("Invalid type for ARRAY: ", JavaClassText(value)));
    }
    if (value.size == 0) return OkStatus();
    const bool packed = field.shape == WriteField::Shape::kPacked;
    if (packed) out_.Raw(field.tag);
    const size_t begin = packed ? out_.BeginLength() : 0;
    for (uint32_t i = 0; i < value.size; ++i) {
      const sluice_value& item = value.as.items[i];
      if (abi::IsNull(item)) {
        return DataError(
            StrCat("The list ", field.name, " has a null element, which Protobuf does not have"));
      }
      if (!packed) out_.Raw(field.tag);
      SLUICE_RETURN_IF_ERROR(One(field.node, item, depth));
    }
    if (packed) out_.EndLength(begin);
    return OkStatus();
  }

  Status Map(const WriteField& field, const sluice_value& value, int depth) {
    if (value.kind != SLUICE_MAP) {
      return DataError(StrCat("Invalid type for MAP: ", JavaClassText(value)));
    }
    for (uint32_t i = 0; i < value.size; ++i) {
      out_.Raw(field.tag);
      const size_t begin = out_.BeginLength();
      const sluice_map_entry& entry = value.as.entries[i];
      if (!abi::IsNull(entry.key)) {
        SLUICE_RETURN_IF_ERROR(Write(field.entry->fields[0], entry.key, depth + 1));
      }
      if (!abi::IsNull(entry.value)) {
        SLUICE_RETURN_IF_ERROR(Write(field.entry->fields[1], entry.value, depth + 1));
      }
      out_.EndLength(begin);
    }
    return OkStatus();
  }

  Status One(const WriteNode& node, const sluice_value& value, int depth) {
    if (node.wrapped) return Wrapped(node, value);
    switch (node.op) {
      case WriteOp::kScalar:
        return Scalar(node, value);
      case WriteOp::kText:
        if (value.kind != node.connect->type) return WrongClass(*node.connect, value);
        out_.Varint(value.size);
        out_.Raw(abi::Text(value));
        return OkStatus();
      case WriteOp::kEnumText:
        return EnumText(node, value);
      case WriteOp::kStruct: {
        const size_t begin = out_.BeginLength();
        SLUICE_RETURN_IF_ERROR(Struct(*node.message, value, depth + 1));
        out_.EndLength(begin);
        return OkStatus();
      }
      case WriteOp::kDecimal:
        if (value.kind != SLUICE_DECIMAL) {
          return DataError(StrCat("Invalid type for Decimal, expected BigDecimal but was ",
                                  JavaClassText(value)));
        }
        return Parts(DecimalParts(*value.as.decimal));
      default:
        return Date(node, value);
    }
  }

  Status Wrapped(const WriteNode& node, const sluice_value& value) {
    const size_t begin = out_.BeginLength();
    static const WriteField kPlain;
    if (!IsZero(kPlain, value)) {
      const Wire wire = node.op == WriteOp::kText    ? Wire::kBytes
                        : node.type == Type::kDouble ? Wire::k64
                        : node.type == Type::kFloat  ? Wire::k32
                                                     : Wire::kVarint;
      out_.Byte(Tag(1, wire));
      if (node.op != WriteOp::kText) {
        SLUICE_RETURN_IF_ERROR(Scalar(node, value));
      } else {
        if (value.kind != node.connect->type) return WrongClass(*node.connect, value);
        out_.Varint(value.size);
        out_.Raw(abi::Text(value));
      }
    }
    out_.EndLength(begin);
    return OkStatus();
  }

  Status Scalar(const WriteNode& node, const sluice_value& value) {
    if (node.type == Type::kFloat || node.type == Type::kDouble) {
      if (value.kind != SLUICE_FLOAT32 && value.kind != SLUICE_FLOAT64) {
        return WrongClass(*node.connect, value);
      }
      const double number =
          value.kind == SLUICE_FLOAT32 ? static_cast<double>(value.as.float32) : value.as.float64;
      if (node.type == Type::kDouble) {
        out_.LittleEndian(number);
      } else {
        out_.LittleEndian(value.kind == SLUICE_FLOAT32 ? value.as.float32
                                                       : static_cast<float>(number));
      }
      return OkStatus();
    }
    const bool fits =
        node.connect->type == SLUICE_BOOLEAN ? value.kind == SLUICE_BOOLEAN : IsWhole(value);
    if (!fits) return WrongClass(*node.connect, value);
    const int64_t number = value.as.int64;
    switch (node.type) {
      case Type::kInt32:
      case Type::kEnum:
        out_.Varint(static_cast<uint64_t>(int64_t{static_cast<int32_t>(number)}));
        break;
      case Type::kUint32:
        out_.Varint(static_cast<uint32_t>(number));
        break;
      case Type::kSint32:
        out_.Zigzag(static_cast<int32_t>(number));
        break;
      case Type::kSint64:
        out_.Zigzag(number);
        break;
      case Type::kFixed32:
      case Type::kSfixed32:
        out_.LittleEndian(static_cast<uint32_t>(number));
        break;
      case Type::kFixed64:
      case Type::kSfixed64:
        out_.LittleEndian(static_cast<uint64_t>(number));
        break;
      default:  // bool among them
        out_.Varint(static_cast<uint64_t>(number));
        break;
    }
    return OkStatus();
  }

  Status EnumText(const WriteNode& node, const sluice_value& value) {
    if (value.kind != SLUICE_STRING) return WrongClass(*node.connect, value);
    const auto found = node.symbols.find(abi::Text(value));
    if (found == node.symbols.end()) {
      return DataError(StrCat("'", abi::Text(value).substr(0, 200), "' is no value of the enum ",
                              abi::View(node.connect->name)));
    }
    out_.Varint(static_cast<uint64_t>(int64_t{found->second}));
    return OkStatus();
  }

  Status Date(const WriteNode& node, const sluice_value& value) {
    const std::string_view name = node.op == WriteOp::kDate   ? "Date"
                                  : node.op == WriteOp::kTime ? "Time"
                                                              : "Timestamp";
    if (!record::IsDateKind(value.kind)) {
      return DataError(
          StrCat("Invalid type for ", name, ", expected Date but was ", JavaClassText(value)));
    }
    const int64_t millis = record::DateMillis(value);
    if (node.op == WriteOp::kDate) {
      if (record::MillisOfDay(millis) != 0) {
        return DataError(
            "Kafka Connect Date type should not have any time fields set to non-zero values.");
      }
      return Parts(DateParts(millis));
    }
    if (node.op == WriteOp::kTime) {
      if (millis < 0 || millis > record::kMillisPerDay) {
        return DataError(
            "Time values must use number of millis greater than 0 and less than 86400000");
      }
      return Parts(TimeParts(millis));
    }
    SLUICE_ASSIGN_OR_RETURN(const KnownParts parts, TimestampParts(millis));
    return Parts(parts);
  }

  Status Parts(const KnownParts& parts) {
    const size_t begin = out_.BeginLength();
    if (!parts.bytes.empty()) {
      out_.Byte(Tag(1, Wire::kBytes));
      out_.Varint(parts.bytes.size());
      out_.Raw(parts.bytes);
    }
    for (int number = 1; number <= 4; ++number) {
      if (parts.numbers[number] == 0) continue;
      out_.Byte(Tag(number, Wire::kVarint));
      out_.Varint(static_cast<uint64_t>(parts.numbers[number]));
    }
    out_.EndLength(begin);
    return OkStatus();
  }

  ByteOutput& out_;
  std::vector<int32_t>& chosen_;
};

}  // namespace

StatusOr<std::unique_ptr<Writer>> Writer::Make(const sluice_schema& connect, const Message& own,
                                               const Message& target,
                                               const ProtobufOptions& options) {
  SLUICE_ASSIGN_OR_RETURN(std::unique_ptr<WritePlan> plan,
                          MakeWritePlan(connect, own, target, options));
  return std::unique_ptr<Writer>(new Writer(std::move(plan)));
}

Writer::Writer(std::unique_ptr<WritePlan> plan) : plan_(std::move(plan)) {}
Writer::~Writer() = default;

Status Writer::Write(const sluice_value& value, ByteOutput& out) {
  chosen_.clear();
  Run run(out, chosen_);
  return plan_->root != nullptr ? run.Struct(*plan_->root, value, 0)
                                : run.Write(plan_->scalar, value, 0);
}

void WriteIndexes(const std::vector<int32_t>& indexes, ByteOutput& out) {
  if (indexes.empty() || (indexes.size() == 1 && indexes[0] == 0)) {
    out.Byte(0);
    return;
  }
  out.Zigzag(static_cast<int64_t>(indexes.size()));
  for (const int32_t index : indexes) out.Zigzag(index);
}

}  // namespace sluice::convert::protobuf
