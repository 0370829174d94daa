// Values and schemas as a plugin author writes them. A Value is 16 bytes and owns nothing: text is
// borrowed from whoever holds it (a literal, a batch's memory). Schemas are made once, kept as
// members and shared by all records.
#ifndef SLUICE_CONNECTORS_SDK_VALUE_H_
#define SLUICE_CONNECTORS_SDK_VALUE_H_

#include <string_view>

#include "connectors/sdk/errors.h"
#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"

namespace sluice::sdk {

using Value = sluice_value;
using Schema = abi::SchemaRef;  // counted; empty: schemaless
using abi::SchemaBuilder;

using abi::Boolean;
using abi::Bytes;
using abi::Float32;
using abi::Float64;
using abi::Int16;
using abi::Int32;
using abi::Int64;
using abi::Int8;
using abi::IsNull;
using abi::Null;
using abi::String;
using abi::Text;
inline Value Date(int32_t days) { return abi::Integer(SLUICE_DATE, days); }
inline Value Time(int32_t ms_of_day) { return abi::Integer(SLUICE_TIME, ms_of_day); }
inline Value Timestamp(int64_t epoch_ms) { return abi::Integer(SLUICE_TIMESTAMP, epoch_ms); }

// The value of `key` in a map with text keys (an offset), or nullptr. `map` may be null.
using abi::Find;

// Schemas by name: schemas::Struct("Order").Field("id", schemas::Int64()).Build()
namespace schemas {
inline Schema Of(sluice_kind type) { return SchemaBuilder(type).Build(); }
inline Schema Boolean() { return Of(SLUICE_BOOLEAN); }
inline Schema Int8() { return Of(SLUICE_INT8); }
inline Schema Int16() { return Of(SLUICE_INT16); }
inline Schema Int32() { return Of(SLUICE_INT32); }
inline Schema Int64() { return Of(SLUICE_INT64); }
inline Schema Float32() { return Of(SLUICE_FLOAT32); }
inline Schema Float64() { return Of(SLUICE_FLOAT64); }
inline Schema String() { return Of(SLUICE_STRING); }
inline Schema Bytes() { return Of(SLUICE_BYTES); }
inline Schema Array(Schema items) {
  return SchemaBuilder(SLUICE_ARRAY).Value(std::move(items)).Build();
}
inline Schema Map(Schema keys, Schema values) {
  return SchemaBuilder(SLUICE_MAP).Key(std::move(keys)).Value(std::move(values)).Build();
}
inline SchemaBuilder Struct(std::string_view name) {
  return SchemaBuilder(SLUICE_STRUCT).Name(name);
}
inline Schema Optional(const Schema& schema) {
  return SchemaBuilder::Like(*schema).Optional().Build();
}
// Kafka Connect's logical types.
inline Schema Date() { return SchemaBuilder(SLUICE_INT32).Name(abi::kDateName).Version(1).Build(); }
inline Schema Time() { return SchemaBuilder(SLUICE_INT32).Name(abi::kTimeName).Version(1).Build(); }
inline Schema Timestamp() {
  return SchemaBuilder(SLUICE_INT64).Name(abi::kTimestampName).Version(1).Build();
}
inline Schema Decimal(int32_t scale) {
  return SchemaBuilder(SLUICE_BYTES)
      .Name(abi::kDecimalName)
      .Version(1)
      .Parameter("scale", Cat(scale))
      .Build();
}
}  // namespace schemas

}  // namespace sluice::sdk

#endif  // SLUICE_CONNECTORS_SDK_VALUE_H_
