// Every converter with settings, bytes and a value: for the benchmark and the test of allocations.
// Not for production code.
#ifndef SLUICE_RUNTIME_CONVERT_SAMPLE_CONVERTERS_H_
#define SLUICE_RUNTIME_CONVERT_SAMPLE_CONVERTERS_H_

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/convert/avro_converter.h"
#include "runtime/convert/converter.h"
#include "runtime/convert/json_schema_converter.h"
#include "runtime/convert/protobuf_converter.h"
#include "runtime/schema_registry/fake_registry.h"

namespace sluice::convert::testing {

// 120 bytes. tests/bench/data/ConverterBench.java has the same record.
inline constexpr std::string_view kOrder =
    R"({"orderid":18,"ordertime":1497014222380,"itemid":"Item_184","units":7.31,)"
    R"("address":{"city":"Mountain View","zip":94041}})";
inline constexpr std::string_view kOrderSchema =
    R"({"type":"struct","fields":[{"type":"int32","optional":false,"field":"orderid"},)"
    R"({"type":"int64","optional":false,"field":"ordertime"},)"
    R"({"type":"string","optional":false,"field":"itemid"},)"
    R"({"type":"double","optional":false,"field":"units"},)"
    R"({"type":"struct","fields":[{"type":"string","optional":true,"field":"city"},)"
    R"({"type":"int64","optional":true,"field":"zip"}],"optional":false,"field":"address"}],)"
    R"("optional":false,"name":"order"})";

// Where a sample's value, or its bytes, come from.
enum class Data {
  kMap,     // the order without a schema
  kStruct,  // with one
  kText,    // its JSON as a string
  kBytes,
  kLong,
};
struct Sample {
  std::string_view name;  // of the benchmark
  std::string_view converter;
  bool schemas = false;
  Data data;
};

inline const std::vector<Sample>& Samples() {
  static const auto* const samples = new std::vector<Sample>{
      {"JsonConverter", "JsonConverter", false, Data::kMap},
      {"JsonConverter, schemas", "JsonConverter", true, Data::kStruct},
      {"AvroConverter", "AvroConverter", true, Data::kStruct},
      {"ProtobufConverter", "ProtobufConverter", true, Data::kStruct},
      {"JsonSchemaConverter", "JsonSchemaConverter", true, Data::kStruct},
      {"StringConverter", "StringConverter", false, Data::kText},
      {"ByteArrayConverter", "ByteArrayConverter", false, Data::kBytes},
      {"LongConverter", "LongConverter", false, Data::kLong},
  };
  return *samples;
}

inline std::unique_ptr<Converter> Make(std::string_view name, const config::ConfigMap& settings) {
  auto made = NewConverter(name, settings, Role::kValue);
  if (!made.ok()) std::abort();
  return *std::move(made);
}

// With a registry in memory, which is asked once. Null: that converter needs none.
inline std::unique_ptr<Converter> MakeRegistered(std::string_view name) {
  static auto& registry = *new schema_registry::FakeRegistry;
  const config::ConfigMap settings{{"schema.registry.url", "http://registry"},
                                   {"converter.type", "value"}};
  auto client = std::make_shared<schema_registry::Client>(
      schema_registry::ClientOptions{.urls = {"http://registry"}}, registry.NewTransport());
  StatusOr<std::unique_ptr<Converter>> made = std::unique_ptr<Converter>();
  if (name == "AvroConverter") made = MakeAvroConverter(settings, client);
  if (name == "ProtobufConverter") made = MakeProtobufConverter(settings, client);
  if (name == "JsonSchemaConverter") made = MakeJsonSchemaConverter(settings, client);
  if (!made.ok()) std::abort();
  return *std::move(made);
}

// A sample's converter, a value for it, and the bytes that it makes of that.
class Prepared {
 public:
  explicit Prepared(const Sample& sample)
      : converter_(MakeFor(sample)),
        message_(sample.schemas ? "{\"schema\":" + std::string(kOrderSchema) +
                                      ",\"payload\":" + std::string(kOrder) + "}"
                                : std::string(kOrder)),
        json_(Make("JsonConverter", Settings(sample))) {
    switch (sample.data) {
      case Data::kMap:
      case Data::kStruct:
        value_ = json_->ToConnect("t", abi::Str(message_), kept_).value();
        break;
      case Data::kText:
        value_ = {nullptr, abi::String(kOrder)};
        break;
      case Data::kBytes:
        value_ = {nullptr, abi::Bytes(kOrder)};
        break;
      case Data::kLong:
        value_ = {nullptr, abi::Int64(1497014222380)};
        break;
    }
    bytes_ = abi::View(Out(kept_).value());
  }
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;

  StatusOr<SchemaAndValue> In(BatchMemory& memory) const {
    return converter_->ToConnect("t", abi::Str(bytes_), memory);
  }
  StatusOr<Bytes> Out(BatchMemory& memory) const {
    return converter_->FromConnect("t", value_.schema, value_.value, memory);
  }

 private:
  static std::unique_ptr<Converter> MakeFor(const Sample& sample) {
    auto registered = MakeRegistered(sample.converter);
    return registered != nullptr ? std::move(registered) : Make(sample.converter, Settings(sample));
  }
  static config::ConfigMap Settings(const Sample& sample) {
    return {{"schemas.enable", sample.schemas ? "true" : "false"}};
  }

  const std::unique_ptr<Converter> converter_;
  const std::string message_;
  const std::unique_ptr<Converter> json_;
  BatchMemory kept_;
  SchemaAndValue value_;
  std::string bytes_;
};

}  // namespace sluice::convert::testing

#endif  // SLUICE_RUNTIME_CONVERT_SAMPLE_CONVERTERS_H_
