// What a record costs in the converters, in ns:
//   bazel run -c opt //runtime/convert:convert_benchmark
#include <cstdlib>
#include <string>

#include "benchmark/benchmark.h"
#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/convert/avro_converter.h"
#include "runtime/convert/converter.h"
#include "runtime/record/schema.h"
#include "runtime/schema_registry/fake_registry.h"

namespace sluice::convert {
namespace {

// 120 bytes.
constexpr std::string_view kOrder =
    R"({"orderid":18,"ordertime":1497014222380,"itemid":"Item_184","units":7.31,)"
    R"("address":{"city":"Mountain View","zip":94041}})";

constexpr std::string_view kSchema =
    R"({"type":"struct","fields":[{"type":"int32","optional":false,"field":"orderid"},)"
    R"({"type":"int64","optional":false,"field":"ordertime"},)"
    R"({"type":"string","optional":false,"field":"itemid"},)"
    R"({"type":"double","optional":false,"field":"units"},)"
    R"({"type":"struct","fields":[{"type":"string","optional":true,"field":"city"},)"
    R"({"type":"int64","optional":true,"field":"zip"}],"optional":false,"field":"address"}],)"
    R"("optional":false,"name":"order"})";

std::unique_ptr<Converter> Make(std::string_view name, bool schemas) {
  auto made = NewConverter(name, {{"schemas.enable", schemas ? "true" : "false"}}, Role::kValue);
  if (!made.ok()) std::abort();
  return *std::move(made);
}

std::string Message(bool schemas) {
  return schemas
             ? "{\"schema\":" + std::string(kSchema) + ",\"payload\":" + std::string(kOrder) + "}"
             : std::string(kOrder);
}

// One message after the other; memory is taken back after each 500, as after a batch.
void TimeReads(benchmark::State& state, Converter& converter, std::string_view message) {
  BatchMemory memory;
  size_t records = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(converter.ToConnect("t", abi::Str(message), memory));
    if (++records % 500 == 0) memory.Reset();
  }
  state.SetItemsProcessed(state.iterations());
}

void TimeWrites(benchmark::State& state, Converter& converter, const SchemaAndValue& data) {
  BatchMemory memory;
  size_t records = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(converter.FromConnect("t", data.schema, data.value, memory));
    if (++records % 500 == 0) memory.Reset();
  }
  state.SetItemsProcessed(state.iterations());
}

void Read(benchmark::State& state, std::string_view name, bool schemas) {
  TimeReads(state, *Make(name, schemas), Message(schemas));
}

// A registry in memory: it is asked once.
std::unique_ptr<Converter> MakeAvro() {
  static auto& registry = *new schema_registry::FakeRegistry;
  auto client = std::make_shared<schema_registry::Client>(
      schema_registry::ClientOptions{.urls = {"http://registry"}}, registry.NewTransport());
  auto made = MakeAvroConverter(
      {{"schema.registry.url", "http://registry"}, {"converter.type", "value"}}, client);
  if (!made.ok()) std::abort();
  return *std::move(made);
}

void ReadAvro(benchmark::State& state) {
  const auto json = Make("JsonConverter", true);
  const auto converter = MakeAvro();
  const std::string text = Message(true);
  BatchMemory kept;
  const SchemaAndValue data = json->ToConnect("t", abi::Str(text), kept).value();
  const std::string bytes(
      abi::View(converter->FromConnect("t", data.schema, data.value, kept).value()));
  TimeReads(state, *converter, bytes);
}

void WriteAvro(benchmark::State& state) {
  const auto json = Make("JsonConverter", true);
  const std::string text = Message(true);
  BatchMemory kept;
  TimeWrites(state, *MakeAvro(), json->ToConnect("t", abi::Str(text), kept).value());
}

void Write(benchmark::State& state, std::string_view name, bool schemas) {
  const auto json = Make("JsonConverter", schemas);
  const std::string text = Message(schemas);
  BatchMemory kept;
  TimeWrites(state, *Make(name, schemas), json->ToConnect("t", abi::Str(text), kept).value());
}

void PassThrough(benchmark::State& state, std::string_view name) {
  const auto converter = Make(name, false);
  BatchMemory memory;
  for (auto _ : state) {
    const SchemaAndValue data = converter->ToConnect("t", abi::Str(kOrder), memory).value();
    benchmark::DoNotOptimize(converter->FromConnect("t", data.schema, data.value, memory));
  }
}

BENCHMARK_CAPTURE(Read, json_bare, "JsonConverter", false);
BENCHMARK_CAPTURE(Write, json_bare, "JsonConverter", false);
BENCHMARK_CAPTURE(Read, json_envelope, "JsonConverter", true);
BENCHMARK_CAPTURE(Write, json_envelope, "JsonConverter", true);
BENCHMARK(ReadAvro);
BENCHMARK(WriteAvro);
BENCHMARK_CAPTURE(Write, string_of_struct, "StringConverter", true);
BENCHMARK_CAPTURE(PassThrough, string, "StringConverter");
BENCHMARK_CAPTURE(PassThrough, byte_array, "ByteArrayConverter");

}  // namespace
}  // namespace sluice::convert

BENCHMARK_MAIN();
