// Defaults: JSON in an Avro schema, values in a Connect schema.
#include <algorithm>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/avro/connect_names.h"
#include "runtime/convert/avro/to_connect.h"
#include "runtime/record/calendar.h"
#include "runtime/record/decimal.h"
#include "runtime/record/schema.h"

namespace sluice::convert::avro {
namespace {

using rapidjson::Value;
using record::Logical;

constexpr size_t kArenaMax = 16 << 20;

Status Wrong(const sluice_schema& connect, const Value& json) {
  return DataError(StrCat("the default ", WriteJson(json).substr(0, 100), " is no ",
                          record::TypeName(connect.type)));
}

class Maker {
 public:
  Maker(const AvroOptions& options, abi::Arena& arena) : options_(options), arena_(arena) {}

  StatusOr<sluice_value> Make(const Schema& avro, const sluice_schema& connect, const Value& json) {
    if (arena_.used() > kArenaMax) return DataError("the default is too large");
    if (json.IsNull()) return abi::Null();
    if (avro.type == Type::kUnion) return MakeUnion(avro, connect, json);
    const Logical logical = record::LogicalOf(&connect);
    switch (connect.type) {
      case SLUICE_BOOLEAN:
        if (json.IsBool()) return abi::Boolean(json.GetBool());
        break;
      case SLUICE_INT8:
        if (json.IsInt()) return abi::Int8(static_cast<int8_t>(json.GetInt()));
        break;
      case SLUICE_INT16:
        if (json.IsInt()) return abi::Int16(static_cast<int16_t>(json.GetInt()));
        break;
      case SLUICE_INT32:
        if (!json.IsInt()) break;
        return abi::Integer(logical == Logical::kDate   ? SLUICE_DATE
                            : logical == Logical::kTime ? SLUICE_TIME
                                                        : SLUICE_INT32,
                            json.GetInt());
      case SLUICE_INT64:
        if (!json.IsInt64()) break;
        return abi::Integer(logical == Logical::kTimestamp ? SLUICE_TIMESTAMP : SLUICE_INT64,
                            json.GetInt64());
      case SLUICE_FLOAT32:
        if (json.IsNumber()) return abi::Float32(static_cast<float>(json.GetDouble()));
        break;
      case SLUICE_FLOAT64:
        if (json.IsNumber()) return abi::Float64(json.GetDouble());
        break;
      case SLUICE_STRING:
        if (json.IsString()) return arena_.CopyString(JsonText(json));
        break;
      case SLUICE_BYTES:
        if (json.IsString()) return MakeBytes(connect, logical, JsonText(json));
        break;
      case SLUICE_ARRAY:
        if (json.IsArray() && avro.type == Type::kArray) return MakeArray(avro, connect, json);
        break;
      case SLUICE_MAP:
        if (json.IsObject() && avro.type == Type::kMap) return MakeMap(avro, connect, json);
        break;
      case SLUICE_STRUCT:
        if (json.IsObject() && avro.type == Type::kRecord) return MakeStruct(avro, connect, json);
        break;
      default:
        break;
    }
    return Wrong(connect, json);
  }

 private:
  // Each character of the text is a byte.
  StatusOr<sluice_value> MakeBytes(const sluice_schema& connect, Logical logical,
                                   std::string_view text) {
    auto* bytes = arena_.NewArray<char>(text.size());
    uint32_t size = 0;
    for (size_t i = 0; i < text.size(); ++i) {
      auto byte = static_cast<unsigned char>(text[i]);
      if (byte >= 0x80 && i + 1 < text.size()) {
        if (byte > 0xc3) return DataError("the default of bytes has a character above U+00FF");
        byte = static_cast<unsigned char>(byte << 6 | (text[++i] & 0x3f));
      }
      bytes[size++] = static_cast<char>(byte);
    }
    if (logical != Logical::kDecimal) return abi::Bytes({bytes, size});
    SLUICE_ASSIGN_OR_RETURN(const int32_t scale, record::DecimalScale(connect));
    if (size == 0) return DataError("the default of a decimal has no bytes");
    return abi::Decimal(
        arena_.New(sluice_decimal{scale, size, reinterpret_cast<const uint8_t*>(bytes)}));
  }

  StatusOr<sluice_value> MakeUnion(const Schema& avro, const sluice_schema& connect,
                                   const Value& json) {
    for (size_t i = 0; i < avro.branches.size(); ++i) {
      const Schema& branch = *avro.branches[i];
      if (branch.type == Type::kNull || !IsValidDefault(branch, json)) continue;
      if (!IsUnion(connect)) return Make(branch, connect, json);
      const int field = abi::FieldIndex(connect, UnionField(branch, static_cast<int>(i), options_));
      if (field < 0) break;
      auto* values = arena_.NewArray<sluice_value>(connect.field_count);
      std::fill_n(values, connect.field_count, abi::Null());
      SLUICE_ASSIGN_OR_RETURN(values[field], Make(branch, *connect.fields[field].schema, json));
      return arena_.NewStruct(&connect, values);
    }
    return DataError("the default fits no branch of the union");
  }

  StatusOr<sluice_value> MakeArray(const Schema& avro, const sluice_schema& connect,
                                   const Value& json) {
    auto* items = arena_.NewArray<sluice_value>(json.Size());
    uint32_t size = 0;
    for (const Value& one : json.GetArray()) {
      SLUICE_ASSIGN_OR_RETURN(items[size], Make(*avro.items, *connect.value_schema, one));
      ++size;
    }
    return abi::Array(items, size);
  }

  StatusOr<sluice_value> MakeMap(const Schema& avro, const sluice_schema& connect,
                                 const Value& json) {
    auto* entries = arena_.NewArray<sluice_map_entry>(json.MemberCount());
    uint32_t size = 0;
    for (const auto& one : json.GetObject()) {
      if (FindJsonMember(json, JsonText(one.name)) != &one.value) continue;  // a later one counts
      entries[size].key = arena_.CopyString(JsonText(one.name));
      SLUICE_ASSIGN_OR_RETURN(entries[size].value,
                              Make(*avro.items, *connect.value_schema, one.value));
      ++size;
    }
    return abi::Map(entries, size);
  }

  StatusOr<sluice_value> MakeStruct(const Schema& avro, const sluice_schema& connect,
                                    const Value& json) {
    auto* values = arena_.NewArray<sluice_value>(connect.field_count);
    for (uint32_t i = 0; i < connect.field_count; ++i) {
      const Field* field = avro.FindField(abi::View(connect.fields[i].name));
      if (field == nullptr) return DataError("the default is of another record");
      const Value* member = FindJsonMember(json, field->name);
      if (member == nullptr) member = field->default_value;
      if (member == nullptr) {
        return DataError(StrCat("the default has no member ", field->name));
      }
      SLUICE_ASSIGN_OR_RETURN(values[i], Make(*field->schema, *connect.fields[i].schema, *member));
    }
    return arena_.NewStruct(&connect, values);
  }

  const AvroOptions& options_;
  abi::Arena& arena_;
};

}  // namespace

StatusOr<sluice_value> DefaultValue(const Schema& avro, const sluice_schema& connect,
                                    const Value& json, const AvroOptions& options,
                                    abi::Arena& arena) {
  return Maker(options, arena).Make(avro, connect, json);
}

}  // namespace sluice::convert::avro
