// Any bytes as an expression: what compiles is evaluated over a map and over the same as a struct,
// which give the same, and where a type is told, the result has it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "runtime/abi/schema.h"
#include "runtime/record/schema.h"
#include "runtime/transform/expression/expression.h"
#include "runtime/transform/expression/result_type.h"

namespace sluice {
namespace {

abi::SchemaRef Optional(sluice_kind kind) { return abi::SchemaRef(record::OptionalSchema(kind)); }

struct Records {
  Records() {
    schema =
        abi::SchemaBuilder(SLUICE_STRUCT)
            .Field("a", Optional(SLUICE_INT64))
            .Field("name", Optional(SLUICE_STRING))
            .Field("list", abi::SchemaBuilder(SLUICE_ARRAY).Value(Optional(SLUICE_INT64)).Build())
            .Field("none", Optional(SLUICE_FLOAT64))
            .Build();
    static const sluice_value items[] = {abi::Int64(1), abi::Int64(2)};
    values[0] = abi::Int64(5);
    values[1] = abi::String("p\xc3\xa4n");
    values[2] = abi::Array(items, 2);
    values[3] = abi::Null();
    for (uint32_t i = 0; i < 4; ++i) {
      entries[i] = {abi::String(abi::View(schema->fields[i].name)), values[i]};
    }
    structure = {schema.get(), values};
    header = {abi::Str("h"), nullptr, abi::String("x")};
    bare = abi::EmptyRecord();
    bare.topic = abi::Str("t");
    bare.timestamp = 1000;
    bare.headers = &header;
    bare.header_count = 1;
    typed = bare;
    bare.value = abi::Map(entries, 4);
    typed.value = abi::Struct(&structure);
    typed.value_schema = schema.get();
  }

  abi::SchemaRef schema;
  sluice_value values[4];
  sluice_map_entry entries[4];
  sluice_struct structure;
  sluice_header header;
  sluice_record bare, typed;
};

void Run(std::string_view text) {
  static const auto* const records = new Records;
  static abi::Arena arena;
  const auto compiled = transform::Expression::Compile(text);
  if (!compiled.ok()) return;
  arena.Reset();
  const auto of_map = compiled->Evaluate(records->bare, arena);
  const auto of_struct = compiled->Evaluate(records->typed, arena);
  const auto schema = transform::ResultSchema(*compiled, nullptr, records->schema.get());
  if (of_struct.ok() && schema.ok()) {
    const sluice_value typed = transform::AsResult(*of_struct, **schema, arena);
    const bool scalar = typed.kind >= SLUICE_BOOLEAN && typed.kind <= SLUICE_STRING;
    if (scalar && (*schema)->type != typed.kind) std::abort();
  }
  if (of_map.ok() && of_map->kind <= SLUICE_INT64 && of_struct.ok() &&
      of_struct->kind == of_map->kind && of_struct->as.int64 != of_map->as.int64) {
    std::abort();
  }
}

}  // namespace
}  // namespace sluice

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sluice::Run(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
