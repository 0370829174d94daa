// Random Connect schemas and values to Avro and back: equal but for what Avro cannot say, and the
// same bytes again.
#include <gtest/gtest.h>

#include <random>

#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/avro/from_connect.h"
#include "runtime/convert/avro/reader.h"
#include "runtime/convert/avro/schema.h"
#include "runtime/convert/avro/to_connect.h"
#include "runtime/convert/avro/writer.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::convert::avro {
namespace {

using abi::SchemaBuilder;
using abi::SchemaRef;

class Maker {
 public:
  explicit Maker(uint32_t seed) : random_(seed) {}

  SchemaRef Schema(int depth) {
    const int kind = static_cast<int>(Number(depth > 0 ? 16 : 13));
    if (kind < 9) return Decorated(SchemaBuilder(static_cast<sluice_kind>(SLUICE_BOOLEAN + kind)));
    switch (kind) {
      case 9:
        return Logical(SLUICE_INT32, record::kDateName);
      case 10:
        return Logical(SLUICE_INT32, record::kTimeName);
      case 11:
        return Logical(SLUICE_INT64, record::kTimestampName);
      case 12: {
        SchemaBuilder decimal(SLUICE_BYTES);
        decimal.Name(record::kDecimalName).Version(1).Parameter("scale", StrCat(Number(5)));
        return decimal.Optional(Number(2) == 0).Build();
      }
      case 13: {
        SchemaBuilder array(SLUICE_ARRAY);
        return Decorated(array.Value(Schema(depth - 1)));
      }
      case 14: {
        SchemaBuilder map(SLUICE_MAP);
        // Keys that are no strings make records, which need names of their own.
        const bool text = Number(2) == 0;
        map.Key(SchemaBuilder(text ? SLUICE_STRING : SLUICE_INT32).Build());
        map.Value(Schema(depth - 1));
        if (!text) map.Name(StrCat("com.example.Map", ++names_));
        return map.Optional(Number(2) == 0).Build();
      }
      default: {
        SchemaBuilder made(SLUICE_STRUCT);
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

  SchemaRef Decorated(SchemaBuilder& builder) {
    builder.Optional(Number(3) == 0);
    if (Number(4) == 0) builder.Version(static_cast<int32_t>(Number(9)));
    if (Number(4) == 0) builder.Doc("what it is").Parameter("p", "q");
    return builder.Build();
  }
  SchemaRef Decorated(SchemaBuilder&& builder) { return Decorated(builder); }
  SchemaRef Logical(sluice_kind kind, std::string_view name) {
    SchemaBuilder builder(kind);
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

TEST(RoundTrip, RandomSchemasAndValuesComeBack) {
  for (uint32_t seed = 1; seed <= 400; ++seed) {
    Maker maker(seed);
    const SchemaRef schema = maker.Schema(4);
    const auto document = FromConnectSchema(*schema, {});
    ASSERT_TRUE(document.ok()) << seed << document.status();
    const auto text = SchemaText(*(*document)->root());
    ASSERT_TRUE(text.ok()) << seed << text.status();
    const auto parsed = ParseSchema(*text);
    ASSERT_TRUE(parsed.ok()) << seed << parsed.status();
    EXPECT_EQ(*SchemaText(*(*parsed)->root()), *text) << seed;
    const auto back = ToConnectSchema(*(*parsed)->root(), std::nullopt, {});
    ASSERT_TRUE(back.ok()) << seed << back.status();
    EXPECT_TRUE(abi::SameSchema(schema.get(), back->get())) << seed << " " << *text;
    const auto writer = Writer::Make(schema.get(), *(*parsed)->root(), {});
    ASSERT_TRUE(writer.ok()) << seed << writer.status();
    const auto reader = Reader::Make(*(*parsed)->root(), *(*parsed)->root(), *back, {});
    ASSERT_TRUE(reader.ok()) << seed << reader.status();
    for (int i = 0; i < 20; ++i) {
      abi::Arena arena(1024);
      const sluice_value value = maker.Value(*schema, arena);
      if (abi::IsNull(value)) continue;
      ByteOutput out;
      const Status written = (*writer)->Write(value, out);
      ASSERT_TRUE(written.ok()) << seed << written;
      const std::string bytes(out.view());
      const auto read = (*reader)->Read(bytes, arena);
      ASSERT_TRUE(read.ok()) << seed << read.status() << " " << *text;
      EXPECT_TRUE(record::DeepEquals(value, *read)) << seed << " " << record::JavaText(value);
      ByteOutput again;
      ASSERT_TRUE((*writer)->Write(*read, again).ok()) << seed;
      EXPECT_EQ(again.view(), bytes) << seed;
      // No prefix of the bytes is a record, but for bytes at the root, which are all there is.
      if ((*parsed)->root()->type == Type::kBytes) continue;
      for (size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_FALSE((*reader)->Read(bytes.substr(0, size), arena).ok()) << seed;
      }
    }
  }
}

}  // namespace
}  // namespace sluice::convert::avro
