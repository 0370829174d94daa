// Every transform with settings that make it work, and the records that it works on: for the
// benchmark and the test of allocations. Not for production code.
#ifndef SLUICE_RUNTIME_TRANSFORM_SAMPLE_RECORDS_H_
#define SLUICE_RUNTIME_TRANSFORM_SAMPLE_RECORDS_H_

#include <string_view>

#include "runtime/transform/record_builder.h"

namespace sluice::transform::testing {

// Which of the records a transform is for.
enum class Form { kBoth, kWithSchema, kBare, kEvent };
struct Sample {
  std::string_view name;
  config::ConfigMap settings;
  Form form = Form::kBoth;
};

inline const std::vector<Sample>& Samples() {
  static const auto* const samples = new std::vector<Sample>{
      {"Cast$Value", {{"spec", "id:string,units:int32,item:string"}}},
      {"DropHeaders", {{"headers", "a"}}},
      {"ExtractField$Value", {{"field", "address.city"}, {"field.syntax.version", "V2"}}},
      {"Filter", {}},
      {"Flatten$Value", {}},
      {"HeaderFrom$Value", {{"fields", "id,item"}, {"headers", "h,i"}, {"operation", "move"}}},
      {"HoistField$Value", {{"field", "order"}}},
      {"InsertField$Value", {{"topic.field", "topic"}, {"timestamp.field", "ts"}}},
      {"InsertHeader", {{"header", "h"}, {"value.literal", "1"}}},
      {"MaskField$Value", {{"fields", "item,units"}}},
      {"RegexRouter", {{"regex", "(.*)"}, {"replacement", "x-$1"}}},
      {"ReplaceField$Value", {{"exclude", "units"}, {"renames", "id:order_id"}}},
      {"SetSchemaMetadata$Value", {{"schema.name", "Other"}}, Form::kWithSchema},
      {"TimestampConverter$Value",
       {{"field", "time"}, {"target.type", "string"}, {"format", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"}}},
      {"TimestampConverter$Value",
       {{"field", "text"}, {"target.type", "Timestamp"}, {"format", "yyyy-MM-dd HH:mm:ss"}}},
      {"TimestampRouter", {}},
      {"ValueToKey", {{"fields", "id,item"}}},
      {"ByLogicalTableRouter",
       {{"topic.regex", "(.*)"}, {"topic.replacement", "all-$1"}},
       Form::kEvent},
      {"ConcatFields$Value", {{"field.names", "item,text"}, {"output.field.name", "both"}}},
      {"Drop$Value", {{"schema.behavior", "force_optional"}}},
      {"ExtractNewRecordState",
       {{"add.fields", "op,table"},
        {"add.headers", "op"},
        {"delete.tombstone.handling.mode", "rewrite"}},
       Form::kEvent},
      {"ExtractTimestamp$Value", {{"field.name", "time"}}},
      {"io.aiven.kafka.connect.transforms.ExtractTopic$Value", {{"field.name", "time"}}},
      {"io.confluent.connect.transforms.ExtractTopic$Value",
       {{"field", "$.address.city"}, {"field.format", "JSON_PATH"}}},
      {"FilterByFieldValue$Value", {{"field.name", "item"}, {"field.value.pattern", "^Item_"}}},
      {"Hash$Value", {{"function", "sha256"}, {"field.name", "item"}}, Form::kWithSchema},
      {"KeyToValue", {{"key.fields", "number"}}},
      {"MakeTombstone", {}},
      {"Map$Value",
       {{"field.total", "value.units * value.id"},
        {"field.label", "upper(value.item) + '-' + string(value.id)"},
        {"exclude", "time"},
        {"topic", "value.address.zip > 10000 ? topic + '-far' : topic"}}},
      {"MessageTimestampRouter",
       {{"message.timestamp.keys", "text"},
        {"message.timestamp.format", "yyyy-MM-dd HH:mm:ss"},
        {"topic.timestamp.format", "yyyyMM"}},
       Form::kBare},
      {"TombstoneHandler", {}},
      {"Validate",
       {{"rule.id", "value.id > 0 && value.units < 100.0"},
        {"rule.item", "value.item.matches('^Item_[0-9]+$')"}}},
  };
  return *samples;
}

// An order of six fields, one of them a struct or map of two, with a key and two headers; and the
// change event of an address.
class OrderMaker {
 public:
  OrderMaker()
      : address_(abi::SchemaBuilder(SLUICE_STRUCT)
                     .Field("city", Schema(SLUICE_STRING, true))
                     .Field("zip", Schema(SLUICE_INT64))
                     .Build()),
        order_(abi::SchemaBuilder(SLUICE_STRUCT)
                   .Name("Order")
                   .Field("id", Schema(SLUICE_INT32))
                   .Field("time", Schema(SLUICE_INT64))
                   .Field("text", Schema(SLUICE_STRING))
                   .Field("item", Schema(SLUICE_STRING, true))
                   .Field("units", Schema(SLUICE_FLOAT64))
                   .Field("address", address_)
                   .Build()),
        key_(abi::SchemaBuilder(SLUICE_STRUCT).Field("number", Schema(SLUICE_INT64)).Build()),
        source_(abi::SchemaBuilder(SLUICE_STRUCT).Field("table", Schema(SLUICE_STRING)).Build()),
        event_(abi::SchemaBuilder(SLUICE_STRUCT)
                   .Name("shop.addresses.Envelope")
                   .Field("before", Optional(address_))
                   .Field("after", Optional(address_))
                   .Field("source", source_)
                   .Field("op", Schema(SLUICE_STRING))
                   .Build()) {
    const sluice_value city = abi::String("Mountain View"), zip = abi::Int64(94041);
    const sluice_value id = abi::Int32(18), time = abi::Int64(1'497'014'222'380),
                       text = abi::String("2017-06-09 13:17:02"), item = abi::String("Item_184"),
                       units = abi::Float64(7.31);
    with_schema_ = make_.Record(
        make_.Struct(order_, {id, time, text, item, units, make_.Struct(address_, {city, zip})}));
    schemaless_ = make_.Record(make_.Map({{"id", id},
                                          {"time", time},
                                          {"text", text},
                                          {"item", item},
                                          {"units", units},
                                          {"address", make_.Map({{"city", city}, {"zip", zip}})}}));
    const sluice_value key = make_.Struct(key_, {zip});
    with_schema_.key_schema = key_.get();
    with_schema_.key = key;
    schemaless_.key = make_.Map({{"number", zip}});
    const sluice_value row = make_.Struct(abi::SchemaRef(event_->fields[1].schema), {city, zip});
    change_ = make_.Record(
        make_.Struct(event_, {abi::Null(), row, make_.Struct(source_, {city}), abi::String("c")}));
    change_.key_schema = key_.get();
    change_.key = key;
    headers_[0] = {abi::Str("a"), nullptr, abi::String("x")};
    headers_[1] = {abi::Str("b"), nullptr, abi::String("y")};
    for (sluice_record* record : {&with_schema_, &schemaless_}) {
      record->headers = headers_;
      record->header_count = 2;
    }
  }
  OrderMaker(const OrderMaker&) = delete;
  OrderMaker& operator=(const OrderMaker&) = delete;

  // The records that the sample is for, with what tells them apart.
  using Named = std::pair<std::string_view, const sluice_record*>;
  std::vector<Named> For(const Sample& sample) const {
    if (sample.form == Form::kEvent) return {{"event", &change_}};
    if (sample.form == Form::kBare) return {{"bare", &schemaless_}};
    if (sample.form == Form::kWithSchema) return {{"schema", &with_schema_}};
    return {{"bare", &schemaless_}, {"schema", &with_schema_}};
  }

 private:
  static abi::SchemaRef Optional(const abi::SchemaRef& schema) {
    return abi::SchemaBuilder::Like(*schema).Optional().Build();
  }

  Maker make_;
  const abi::SchemaRef address_, order_, key_, source_, event_;
  sluice_header headers_[2];
  sluice_record with_schema_, schemaless_, change_;
};

}  // namespace sluice::transform::testing

#endif  // SLUICE_RUNTIME_TRANSFORM_SAMPLE_RECORDS_H_
