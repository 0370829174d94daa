// Random Connect schemas and values of them, for tests of converters that go there and back. The
// same seed makes the same. One thread.
#ifndef SLUICE_RUNTIME_CONVERT_RANDOM_DATA_H_
#define SLUICE_RUNTIME_CONVERT_RANDOM_DATA_H_

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "runtime/abi/arena.h"
#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/record/schema.h"

namespace sluice::convert {

class RandomData {
 public:
  explicit RandomData(uint32_t seed) : random_(seed) {}

  // Structs and maps in no more than `depth` levels.
  abi::SchemaRef Schema(int depth) {
    const int kind = static_cast<int>(Number(depth > 0 ? 16 : 13));
    if (kind < 9)
      return Decorated(abi::SchemaBuilder(static_cast<sluice_kind>(SLUICE_BOOLEAN + kind)));
    switch (kind) {
      case 9:
        return Logical(SLUICE_INT32, record::kDateName);
      case 10:
        return Logical(SLUICE_INT32, record::kTimeName);
      case 11:
        return Logical(SLUICE_INT64, record::kTimestampName);
      case 12: {
        abi::SchemaBuilder decimal(SLUICE_BYTES);
        decimal.Name(record::kDecimalName).Version(1).Parameter("scale", StrCat(Number(5)));
        return decimal.Optional(Number(2) == 0).Build();
      }
      case 13: {
        abi::SchemaBuilder array(SLUICE_ARRAY);
        return Decorated(array.Value(Schema(depth - 1)));
      }
      case 14: {
        abi::SchemaBuilder map(SLUICE_MAP);
        // Keys that are no strings make records, which need names of their own.
        const bool text = Number(2) == 0;
        map.Key(abi::SchemaBuilder(text ? SLUICE_STRING : SLUICE_INT32).Build());
        map.Value(Schema(depth - 1));
        if (!text) map.Name(StrCat("com.example.Map", ++names_));
        return map.Optional(Number(2) == 0).Build();
      }
      default: {
        abi::SchemaBuilder made(SLUICE_STRUCT);
        made.Name(StrCat(Number(2) == 0 ? "" : "com.example.", "Struct", ++names_));
        const uint32_t fields = Number(6);
        for (uint32_t i = 0; i < fields; ++i) made.Field(StrCat("f", i), Schema(depth - 1));
        return made.Optional(Number(2) == 0).Build();
      }
    }
  }

  sluice_value Value(const sluice_schema& schema, abi::Arena& arena) {
    if (schema.optional != 0 && Number(3) == 0) return abi::Null();
    switch (record::LogicalOf(&schema)) {
      case record::Logical::kDate:
        return abi::Integer(SLUICE_DATE, static_cast<int64_t>(Number(100'000)) - 50'000);
      case record::Logical::kTime:
        return abi::Integer(SLUICE_TIME, Number(86'400'000));
      case record::Logical::kTimestamp:
        return abi::Integer(SLUICE_TIMESTAMP, Bits() >> 16);
      case record::Logical::kDecimal:
        return Decimal(schema, arena);
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
        return abi::Int32(static_cast<int32_t>(Bits() >> Number(32)));
      case SLUICE_INT64:
        return abi::Int64(Bits() >> Number(64));
      case SLUICE_FLOAT32:
        return abi::Float32(static_cast<float>(Bits()) / 3);
      case SLUICE_FLOAT64:
        return abi::Float64(static_cast<double>(Bits()) / 7);
      case SLUICE_STRING:
        return arena.CopyString(Text("ab\u00e9\u20acz", 40));
      case SLUICE_BYTES:
        return arena.CopyBytes(Text(std::string_view("\0\xff\x80x", 4), 40));
      case SLUICE_ARRAY: {
        const uint32_t size = Number(4);
        auto* items = arena.NewArray<sluice_value>(size);
        for (uint32_t i = 0; i < size; ++i) items[i] = Value(*schema.value_schema, arena);
        return abi::Array(items, size);
      }
      case SLUICE_MAP: {
        const uint32_t size = Number(4);
        auto* entries = arena.NewArray<sluice_map_entry>(size);
        for (uint32_t i = 0; i < size; ++i) {
          entries[i].key = schema.key_schema->type == SLUICE_STRING
                               ? arena.CopyString(StrCat("k", i))
                               : abi::Int32(static_cast<int32_t>(i));
          entries[i].value = Value(*schema.value_schema, arena);
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

 private:
  uint32_t Number(uint32_t below) { return static_cast<uint32_t>(random_() % below); }
  int64_t Bits() { return static_cast<int64_t>(random_() << 32 ^ random_()); }
  std::string Text(std::string_view of, uint32_t size_max) {
    // Whole characters only: pieces of the pattern from its beginning.
    std::string text;
    for (uint32_t i = Number(size_max / 4); i > 0; --i) text += of;
    return text;
  }

  abi::SchemaRef Decorated(abi::SchemaBuilder& builder) {
    builder.Optional(Number(3) == 0);
    if (Number(4) == 0) builder.Version(static_cast<int32_t>(Number(9)));
    if (Number(4) == 0) builder.Doc("what it is").Parameter("p", "q");
    return builder.Build();
  }
  abi::SchemaRef Decorated(abi::SchemaBuilder&& builder) { return Decorated(builder); }
  abi::SchemaRef Logical(sluice_kind kind, std::string_view name) {
    abi::SchemaBuilder builder(kind);
    return builder.Name(name).Version(1).Optional(Number(2) == 0).Build();
  }
  sluice_value Decimal(const sluice_schema& schema, abi::Arena& arena) {
    const uint32_t size = 1 + Number(12);
    auto* bytes = arena.NewArray<uint8_t>(size);
    for (uint32_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(1 + Number(126));
    return abi::Decimal(arena.New(sluice_decimal{*record::DecimalScale(schema), size, bytes}));
  }

  std::mt19937_64 random_;
  int names_ = 0;
};

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_RANDOM_DATA_H_
