#include "runtime/convert/record_json.h"

#include <gtest/gtest.h>

#include <vector>

#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/base/json.h"
#include "runtime/record/schema.h"

namespace sluice::convert {
namespace {

std::string Written(const sluice_record& record, bool short_form = false) {
  std::string text;
  AppendSourceRecordJson(record, short_form, text);
  EXPECT_TRUE(ParseJson(text).ok()) << text;
  return text;
}

TEST(RecordJson, ShowsAllOfARecord) {
  sluice_record record = abi::EmptyRecord();
  EXPECT_EQ(Written(record),
            R"({"topic":null,"kafkaPartition":null,"timestamp":null,"sourcePartition":null,)"
            R"("sourceOffset":null,"keySchema":null,"key":null,"valueSchema":null,"value":null,)"
            R"("headers":[]})");
  const sluice_map_entry file{abi::String("filename"), abi::String("f\"")};
  const sluice_value partition = abi::Map(&file, 1);
  const sluice_map_entry at{abi::String("position"), abi::Int64(12)};
  const sluice_value offset = abi::Map(&at, 1);
  const sluice_header header{abi::Str("h"), record::RequiredSchema(SLUICE_INT32), abi::Int32(7)};
  record.topic = abi::Str("t");
  record.partition = 3;
  record.timestamp = 99;
  record.source_partition = &partition;
  record.source_offset = &offset;
  record.key = abi::String("k");
  record.key_schema = record::OptionalSchema(SLUICE_STRING);
  record.value = abi::Bytes("\x01\xFF");
  record.headers = &header;
  record.header_count = 1;
  EXPECT_EQ(
      Written(record),
      R"({"topic":"t","kafkaPartition":3,"timestamp":99,"sourcePartition":{"filename":"f\""},)"
      R"("sourceOffset":{"position":12},"keySchema":{"type":"string","optional":true},)"
      R"("key":"k","valueSchema":null,"value":"Af8=",)"
      R"("headers":[{"key":"h","schema":{"type":"int32","optional":false},"value":7}]})");
}

TEST(RecordJson, WritesWhatDoesNotFitItsSchema) {
  const abi::SchemaRef schema =
      abi::SchemaBuilder(SLUICE_STRUCT)
          .Field("n", abi::SchemaRef(record::RequiredSchema(SLUICE_INT32)))
          .Build();
  const std::vector<sluice_value> fields{abi::String("no number")};
  const sluice_struct structure{schema.get(), fields.data()};
  sluice_record record = abi::EmptyRecord();
  record.value = abi::Struct(&structure);
  record.value_schema = schema.get();
  EXPECT_NE(Written(record).find(R"("value":{"n":"no number"})"), std::string::npos);

  const uint8_t unscaled[] = {0x04, 0xD2};
  const sluice_decimal decimal{2, 2, unscaled};
  const sluice_value price = abi::Decimal(&decimal);
  const sluice_map_entry entries[] = {{abi::Int64(1), price}, {abi::String("x"), abi::Null()}};
  record.value = abi::Map(entries, 2);
  record.value_schema = nullptr;
  EXPECT_NE(Written(record).find(R"("value":[[1,"12.34"],["x",null]])"), std::string::npos);
}

TEST(RecordJson, TheShortFormOfAHugeRecordIsShort) {
  const std::string large(3 << 20, 'x');
  std::vector<sluice_value> items(100000, abi::String(large));
  sluice_record record = abi::EmptyRecord();
  record.key = abi::String(large);
  record.key_schema = record::RequiredSchema(SLUICE_STRING);
  record.value = abi::Array(items.data(), items.size());
  std::vector<sluice_header> headers(1000, {abi::Str(large), nullptr, abi::String(large)});
  record.headers = headers.data();
  record.header_count = headers.size();
  const std::string text = Written(record, true);
  EXPECT_LT(text.size(), 128u * 1024);
  EXPECT_TRUE(text.ends_with(R"(],"truncated":true})"));
  record = abi::EmptyRecord();
  record.value = abi::String("small");
  EXPECT_EQ(Written(record, true), Written(record, false));
}

TEST(RecordJson, CutsNoCharacterInTwo) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "\xE2\x82\xAC";
  sluice_record record = abi::EmptyRecord();
  record.value = abi::String(text);
  EXPECT_EQ(Written(record, true).find("\xEF\xBF\xBD"), std::string::npos);
}

TEST(RecordJson, BoundsTheDepth) {
  std::vector<sluice_value> levels(10000, abi::Null());
  for (size_t i = 1; i < levels.size(); ++i) levels[i] = abi::Array(&levels[i - 1], 1);
  sluice_record record = abi::EmptyRecord();
  record.value = levels.back();
  EXPECT_TRUE(Written(record).ends_with(R"("headers":[],"truncated":true})"));
  std::vector<sluice_map_entry> entries(10000, {abi::String("k"), abi::Null()});
  for (size_t i = 1; i < entries.size(); ++i) entries[i].value = abi::Map(&entries[i - 1], 1);
  record.value = abi::Map(&entries.back(), 1);
  Written(record);
}

}  // namespace
}  // namespace sluice::convert
