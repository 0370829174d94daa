// Random Connect schemas that Protobuf can have, and values of them. For tests: the same seed makes
// the same. One thread.
#ifndef SLUICE_RUNTIME_CONVERT_PROTOBUF_CONNECT_MAKER_H_
#define SLUICE_RUNTIME_CONVERT_PROTOBUF_CONNECT_MAKER_H_

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "runtime/abi/arena.h"
#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/record/schema.h"

namespace sluice::convert::protobuf {

class ConnectMaker {
 public:
  explicit ConnectMaker(uint32_t seed) : random_(seed) {}

  abi::SchemaRef Root() { return Struct(3, false); }

  sluice_value Value(const sluice_schema& schema, abi::Arena& arena, bool may_be_null = true) {
    if (may_be_null && schema.optional != 0 && Number(3) == 0) return abi::Null();
    switch (record::LogicalOf(&schema)) {
      case record::Logical::kDate:
        return abi::Integer(SLUICE_DATE, static_cast<int64_t>(Number(100'000)) - 50'000);
      case record::Logical::kTime:
        return abi::Integer(SLUICE_TIME, Number(86'400'000));
      case record::Logical::kTimestamp:
        return abi::Integer(SLUICE_TIMESTAMP, Bits() >> 18);
      case record::Logical::kDecimal: {
        const uint32_t size = 1 + Number(12);
        auto* bytes = arena.NewArray<uint8_t>(size);
        for (uint32_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(1 + Number(126));
        return abi::Decimal(arena.New(sluice_decimal{*record::DecimalScale(schema), size, bytes}));
      }
      default:
        break;
    }
    switch (schema.type) {
      case SLUICE_BOOLEAN:
        return abi::Boolean(Number(2) == 0);
      case SLUICE_INT8:
        return abi::Int8(static_cast<int8_t>(Bits()));
      case SLUICE_INT16:
        return abi::Int16(static_cast<int16_t>(Bits()));
      case SLUICE_INT32:
        return abi::Int32(static_cast<int32_t>(Bits() >> Number(64)));
      case SLUICE_INT64:
        return abi::Int64(Bits() >> Number(64));
      case SLUICE_FLOAT32:
        return abi::Float32(Number(4) == 0 ? 0 : static_cast<float>(Bits()) / 3);
      case SLUICE_FLOAT64:
        return abi::Float64(Number(4) == 0 ? 0 : static_cast<double>(Bits()) / 7);
      case SLUICE_STRING:
        return arena.CopyString(Text("ab\u00e9\u20acz"));
      case SLUICE_BYTES:
        return arena.CopyBytes(Text(std::string_view("\0\xff\x80x", 4)));
      case SLUICE_ARRAY: {
        const uint32_t size = Number(4);
        auto* items = arena.NewArray<sluice_value>(size);
        for (uint32_t i = 0; i < size; ++i) items[i] = Value(*schema.value_schema, arena, false);
        return abi::Array(items, size);
      }
      case SLUICE_MAP: {
        const uint32_t size = Number(4);
        auto* entries = arena.NewArray<sluice_map_entry>(size);
        for (uint32_t i = 0; i < size; ++i) {
          entries[i].key = schema.key_schema->type == SLUICE_STRING
                               ? arena.CopyString(i == 0 ? "" : StrCat("k", i))
                               : abi::Int64(static_cast<int64_t>(i));
          entries[i].value = Value(*schema.value_schema, arena, false);
        }
        return abi::Map(entries, size);
      }
      default: {
        auto* values = arena.NewArray<sluice_value>(schema.field_count);
        for (uint32_t i = 0; i < schema.field_count; ++i) {
          values[i] = Value(*schema.fields[i].schema, arena);
        }
        return arena.NewStruct(&schema, values);
      }
    }
  }

  uint32_t Number(uint32_t below) { return static_cast<uint32_t>(random_() % below); }
  int64_t Bits() { return static_cast<int64_t>(random_() << 32 ^ random_()); }

 private:
  std::string Text(std::string_view of) {
    std::string text;
    for (uint32_t i = Number(10) * Number(10); i > 0; --i) text += of;
    return text;
  }

  abi::SchemaRef Struct(int depth, bool optional) {
    abi::SchemaBuilder made(SLUICE_STRUCT);
    made.Name(StrCat("com.example.Struct", ++names_)).Optional(optional);
    const uint32_t fields = Number(7);
    for (uint32_t i = 0; i < fields; ++i) made.Field(StrCat("f", i), Schema(depth - 1, true));
    return made.Build();
  }

  abi::SchemaRef Schema(int depth, bool containers) {
    const bool optional = Number(2) == 0;
    const uint32_t kind = Number(depth > 0 && containers ? 16 : depth > 0 ? 14 : 13);
    if (kind < 9) {
      abi::SchemaBuilder made(static_cast<sluice_kind>(SLUICE_BOOLEAN + kind));
      return made.Optional(optional).Build();
    }
    switch (kind) {
      case 9:
        return Logical(SLUICE_INT32, record::kDateName, optional);
      case 10:
        return Logical(SLUICE_INT32, record::kTimeName, optional);
      case 11:
        return Logical(SLUICE_INT64, record::kTimestampName, optional);
      case 12: {
        abi::SchemaBuilder decimal(SLUICE_BYTES);
        decimal.Name(record::kDecimalName).Version(1).Parameter("scale", StrCat(Number(5)));
        return decimal.Optional(optional).Build();
      }
      case 13:
        return Struct(depth, optional);
      case 14:
        return abi::SchemaBuilder(SLUICE_ARRAY)
            .Value(Schema(depth, false))
            .Optional(optional)
            .Build();
      default: {
        abi::SchemaBuilder map(SLUICE_MAP);
        map.Key(abi::SchemaBuilder(Number(2) == 0 ? SLUICE_STRING : SLUICE_INT64).Build());
        return map.Value(Schema(depth, false)).Optional(optional).Build();
      }
    }
  }
  static abi::SchemaRef Logical(sluice_kind kind, std::string_view name, bool optional) {
    abi::SchemaBuilder builder(kind);
    return builder.Name(name).Version(1).Optional(optional).Build();
  }

  std::mt19937_64 random_;
  int names_ = 0;
};

}  // namespace sluice::convert::protobuf

#endif  // SLUICE_RUNTIME_CONVERT_PROTOBUF_CONNECT_MAKER_H_
