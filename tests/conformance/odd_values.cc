// Values at the borders of what the data model allows.
#include <cmath>
#include <limits>

#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "tests/conformance/sink_batch.h"

namespace sluice::conformance {
namespace {

using abi::SchemaBuilder;
using abi::SchemaRef;
using record::BatchMemory;
using record::SchemaAndValue;

constexpr int kDepth = 200;
constexpr size_t kLongText = 1 << 20;

SchemaRef Of(sluice_kind kind) { return SchemaBuilder(kind).Build(); }
SchemaRef OptionalOf(sluice_kind kind) { return SchemaBuilder(kind).Optional().Build(); }

SchemaAndValue Described(BatchMemory& memory, const SchemaRef& schema, const sluice_value& value) {
  return {memory.Keep(schema), value};
}

SchemaAndValue StructOf(BatchMemory& memory, const SchemaRef& schema,
                        const std::vector<sluice_value>& values) {
  auto* copy = memory.arena().NewArray<sluice_value>(values.size());
  std::copy(values.begin(), values.end(), copy);
  return Described(memory, schema, memory.arena().NewStruct(memory.Keep(schema), copy));
}

sluice_value MapOf(BatchMemory& memory, const sluice_value& key, const sluice_value& value) {
  const sluice_map_entry entry{key, value};
  return memory.arena().CopyMap(&entry, 1);
}

sluice_value DecimalOf(BatchMemory& memory, size_t bytes, int32_t scale) {
  auto* digits = memory.arena().NewArray<uint8_t>(bytes);
  for (size_t i = 0; i < bytes; ++i) digits[i] = static_cast<uint8_t>(i == 0 ? 0x7f : 0xff);
  return abi::Decimal(
      memory.arena().New(sluice_decimal{scale, static_cast<uint32_t>(bytes), digits}));
}

// [[[...1...]]]
sluice_value Nested(BatchMemory& memory) {
  sluice_value inner = abi::Int64(1);
  for (int i = 0; i < kDepth; ++i) inner = abi::Array(memory.arena().New(inner), 1);
  return inner;
}

void AddSchemaless(BatchMemory& memory, std::vector<OddValue>& odd) {
  abi::Arena& arena = memory.arena();
  const auto add = [&](std::string name, const sluice_value& value) {
    odd.push_back({"schemaless " + std::move(name), {nullptr, value}});
  };
  add("text", abi::String("conformance"));
  add("empty text", abi::String(""));
  add("text with a zero byte", abi::String(std::string_view("a\0b", 3)));
  add("number", abi::Int64(std::numeric_limits<int64_t>::min()));
  add("NaN", abi::Float64(std::nan("")));
  add("bytes", abi::Bytes("\xff\xfe"));
  add("boolean", abi::Boolean(true));
  add("empty list", abi::Array(nullptr, 0));
  add("empty map", abi::Map(nullptr, 0));
  add("map with an odd name",
      MapOf(memory, abi::String("a \"b\"; DROP 'c'\n\xc3\xa9"), abi::Null()));
  add("map of whole numbers", MapOf(memory, abi::Int64(1), abi::Int64(2)));
  add("deep list", Nested(memory));
  add("map with a deep list", MapOf(memory, abi::String("deep"), Nested(memory)));
  add("decimal", DecimalOf(memory, 40, 50));
  add("timestamp at the end of time",
      abi::Integer(SLUICE_TIMESTAMP, std::numeric_limits<int64_t>::max()));
  add("long text", arena.CopyString(std::string(kLongText, 'x')));
}

void AddDescribed(BatchMemory& memory, std::vector<OddValue>& odd) {
  const auto add = [&](std::string name, const SchemaAndValue& value) {
    odd.push_back({std::move(name), value});
  };
  add("int32 with a schema", Described(memory, Of(SLUICE_INT32), abi::Int32(7)));
  add("text with a schema", Described(memory, Of(SLUICE_STRING), abi::String("conformance")));
  add("null with an optional schema", Described(memory, OptionalOf(SLUICE_STRING), abi::Null()));
  add("decimal with a schema",
      Described(
          memory,
          SchemaBuilder(SLUICE_BYTES).Name(abi::kDecimalName).Parameter("scale", "50").Build(),
          DecimalOf(memory, 40, 50)));
  add("list of any",
      Described(memory, SchemaBuilder(SLUICE_ARRAY).Value(OptionalOf(SLUICE_STRING)).Build(),
                abi::Array(memory.arena().New(abi::Null()), 1)));
}

void AddStructs(BatchMemory& memory, std::vector<OddValue>& odd) {
  const auto add = [&](std::string name, const SchemaRef& schema,
                       const std::vector<sluice_value>& values) {
    odd.push_back({std::move(name), StructOf(memory, schema, values)});
  };
  add("struct without fields", SchemaBuilder(SLUICE_STRUCT).Name("None").Build(), {});
  add("struct of another kind",
      SchemaBuilder(SLUICE_STRUCT)
          .Name("Other")
          .Field("conformance", OptionalOf(SLUICE_INT32))
          .Build(),
      {abi::Int32(1)});
  const SchemaRef inner =
      SchemaBuilder(SLUICE_STRUCT).Name("Inner").Field("a", OptionalOf(SLUICE_BYTES)).Build();
  auto* values = memory.arena().New(abi::Null());
  add("struct with odd names",
      SchemaBuilder(SLUICE_STRUCT)
          .Field("", OptionalOf(SLUICE_STRING))
          .Field("a.b \"c\" d", OptionalOf(SLUICE_STRING))
          .Field(std::string(300, 'n'), OptionalOf(SLUICE_FLOAT32))
          .Field("inner", inner)
          .Build(),
      {abi::Null(), abi::String("\xf0\x9f\x90\x88"), abi::Float32(INFINITY),
       memory.arena().NewStruct(memory.Keep(inner), values)});
}

}  // namespace

std::vector<OddValue> OddValues(BatchMemory& memory) {
  std::vector<OddValue> odd = {{"null", {}}};
  AddSchemaless(memory, odd);
  AddDescribed(memory, odd);
  AddStructs(memory, odd);
  return odd;
}

}  // namespace sluice::conformance
