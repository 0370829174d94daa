// Every transform with settings that make it work, and the records that it works on: for the
// benchmark and the test of allocations. Not for production code.
#ifndef SLUICE_RUNTIME_TRANSFORM_SAMPLE_RECORDS_H_
#define SLUICE_RUNTIME_TRANSFORM_SAMPLE_RECORDS_H_

#include <string_view>

#include "runtime/transform/record_builder.h"

namespace sluice::transform::testing {

struct Sample {
  std::string_view name;
  config::ConfigMap settings;
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
      {"SetSchemaMetadata$Value", {{"schema.name", "Other"}}},
      {"TimestampConverter$Value",
       {{"field", "time"}, {"target.type", "string"}, {"format", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"}}},
      {"TimestampConverter$Value",
       {{"field", "text"}, {"target.type", "Timestamp"}, {"format", "yyyy-MM-dd HH:mm:ss"}}},
      {"TimestampRouter", {}},
      {"ValueToKey", {{"fields", "id,item"}}},
  };
  return *samples;
}

// An order of six fields, one of them a struct or map of two, with two headers.
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
    headers_[0] = {abi::Str("a"), nullptr, abi::String("x")};
    headers_[1] = {abi::Str("b"), nullptr, abi::String("y")};
    for (sluice_record* record : {&with_schema_, &schemaless_}) {
      record->headers = headers_;
      record->header_count = 2;
    }
  }
  OrderMaker(const OrderMaker&) = delete;
  OrderMaker& operator=(const OrderMaker&) = delete;

  const sluice_record& Get(bool schema) const { return schema ? with_schema_ : schemaless_; }

 private:
  Maker make_;
  const abi::SchemaRef address_, order_;
  sluice_header headers_[2];
  sluice_record with_schema_, schemaless_;
};

}  // namespace sluice::transform::testing

#endif  // SLUICE_RUNTIME_TRANSFORM_SAMPLE_RECORDS_H_
