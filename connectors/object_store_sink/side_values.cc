#include "connectors/object_store_sink/side_values.h"

#include <string>

#include "connectors/sdk/errors.h"
#include "connectors/shared/json_text.h"

namespace sluice::object_store_sink {
namespace {

const sdk::Schema& HeaderSchema() {
  static const sdk::Schema* const schema =
      new sdk::Schema(sdk::schemas::Struct("KafkaHeader")
                          .Field("key", sdk::schemas::String())
                          .Field("value", sdk::schemas::Optional(sdk::schemas::String()))
                          .Build());
  return *schema;
}
const sdk::Schema& HeadersSchema() {
  static const sdk::Schema* const schema = new sdk::Schema(sdk::schemas::Array(HeaderSchema()));
  return *schema;
}
const sdk::Schema& WrappedHeadersSchema() {
  static const sdk::Schema* const schema = new sdk::Schema(
      sdk::schemas::Struct("KafkaHeaders").Field("headers", HeadersSchema()).Build());
  return *schema;
}

sdk::Value HeaderText(abi::Arena& arena, const sdk::Value& value) {
  if (sdk::IsNull(value) || value.kind == SLUICE_STRING) return value;
  if (value.kind == SLUICE_BYTES) return arena.CopyString(sdk::Text(value));
  std::string text;
  shared::AppendJson(text, value, shared::DecimalText::kNumeric);
  return arena.CopyString(text);
}

}  // namespace

const sluice_schema* SideValues::KeySchema(const sluice_record& record, bool wrap) {
  if (!wrap || record.key_schema == nullptr || record.key_schema->type == SLUICE_STRUCT) {
    return record.key_schema;
  }
  if (!key_ || !abi::SameSchema(key_.get(), record.key_schema)) {
    key_ = sdk::Schema(record.key_schema);
    wrapped_key_ = sdk::schemas::Struct("KafkaKey").Field("key", key_).Build();
  }
  return wrapped_key_.get();
}

SideValue SideValues::Key(abi::Arena& arena, const sluice_record& record, bool wrap) {
  if (sdk::IsNull(record.key)) {
    throw sdk::DataException("Key cannot be null: store.kafka.keys asks for one in each record");
  }
  const sluice_schema* schema = KeySchema(record, wrap);
  if (schema == record.key_schema) return {schema, record.key};
  auto* values = arena.New(record.key);
  return {schema, arena.NewStruct(schema, values)};
}

SideValue SideValues::Headers(abi::Arena& arena, const sluice_record& record, bool wrap) const {
  if (record.header_count == 0) {
    throw sdk::DataException(
        "Headers cannot be null: store.kafka.headers asks for some in each record");
  }
  auto* items = arena.NewArray<sdk::Value>(record.header_count);
  for (size_t i = 0; i < record.header_count; ++i) {
    auto* fields = arena.NewArray<sdk::Value>(2);
    fields[0] = abi::String(abi::View(record.headers[i].key));
    fields[1] = HeaderText(arena, record.headers[i].value);
    items[i] = arena.NewStruct(HeaderSchema().get(), fields);
  }
  const sdk::Value list = abi::Array(items, record.header_count);
  if (!wrap) return {HeadersSchema().get(), list};
  return {WrappedHeadersSchema().get(),
          arena.NewStruct(WrappedHeadersSchema().get(), arena.New(list))};
}

}  // namespace sluice::object_store_sink
