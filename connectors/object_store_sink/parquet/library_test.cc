// Files of sluice_parquet.so's code, linked into the test and read back by Arrow. By other readers:
// tests/connectors/test_object_store_sink.py.
#include <gtest/gtest.h>

#include <arrow/io/memory.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <memory>
#include <string>

#include "connectors/object_store_sink/parquet_abi.h"
#include "connectors/sdk/record.h"
#include "connectors/sdk/value.h"

extern "C" const sluice_parquet_table* sluice_parquet_v1(void);

namespace sluice::object_store_sink {
namespace {

const sluice_parquet_table& table = *sluice_parquet_v1();

int Append(void* context, const char* bytes, size_t size) {
  static_cast<std::string*>(context)->append(bytes, size);
  return 0;
}

class ParquetTest : public testing::Test {
 protected:
  ~ParquetTest() override {
    if (file_ != nullptr) table.close(file_);
  }
  bool Open(const sdk::Schema& schema, const char* codec = "snappy") {
    file_ = table.open(schema.get(), codec, {&bytes_, &Append}, &error_);
    return file_ != nullptr;
  }
  bool Write(const sdk::Value& value) {
    return table.check(file_, &value, &error_) == 0 && table.write(file_, &value, &error_) == 0;
  }
  std::shared_ptr<arrow::Table> Finish() {
    EXPECT_EQ(table.finish(file_, &error_), 0) << error_.text;
    auto buffer = std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes_));
    auto reader = parquet::arrow::OpenFile(buffer, arrow::default_memory_pool());
    EXPECT_TRUE(reader.ok()) << reader.status().ToString();
    std::shared_ptr<arrow::Table> read;
    EXPECT_TRUE((*reader)->ReadTable(&read).ok());
    return read;
  }
  static std::string Cell(const arrow::Table& read, const char* column, int64_t row) {
    return (*read.GetColumnByName(column)->GetScalar(row))->ToString();
  }

  std::string bytes_;
  sluice_parquet_error error_{};
  void* file_ = nullptr;
};

TEST_F(ParquetTest, EveryTypeComesBack) {
  using namespace sdk::schemas;
  const sdk::Schema inner = Optional(Struct("I").Field("x", Int32()).Build());
  const sdk::Schema schema = Struct("S")
                                 .Field("i8", Int8())
                                 .Field("i64", Int64())
                                 .Field("f", Float32())
                                 .Field("d", Float64())
                                 .Field("b", Boolean())
                                 .Field("s", String())
                                 .Field("y", Bytes())
                                 .Field("dec", Decimal(2))
                                 .Field("day", Date())
                                 .Field("ts", Timestamp())
                                 .Field("list", Array(Int32()))
                                 .Field("map", Map(String(), Int32()))
                                 .Field("in", inner)
                                 .Field("none", Optional(String()))
                                 .Build();
  ASSERT_TRUE(Open(schema)) << error_.text;
  const uint8_t unscaled[] = {0xFF, 0xFB, 0x1E};  // -1250, with a byte of sign
  const sluice_decimal decimal{2, 3, unscaled};
  const sdk::Value items[] = {sdk::Int32(1), sdk::Int32(2)};
  const sluice_map_entry entries[] = {{sdk::String("k"), sdk::Int32(5)}};
  const sdk::Value inner_values[] = {sdk::Int32(9)};
  const sluice_struct inner_struct{inner.get(), inner_values};
  sdk::Value values[] = {sdk::Int8(-8),
                         sdk::Int64(1ll << 40),
                         sdk::Float32(1.5f),
                         sdk::Float64(0.25),
                         sdk::Boolean(true),
                         sdk::String("text"),
                         sdk::Bytes("ab"),
                         abi::Decimal(&decimal),
                         sdk::Date(19782),
                         sdk::Timestamp(1709209800250),
                         abi::Array(items, 2),
                         abi::Map(entries, 1),
                         abi::Struct(&inner_struct),
                         sdk::Null()};
  const sluice_struct row{schema.get(), values};
  ASSERT_TRUE(Write(abi::Struct(&row))) << error_.text;
  values[12] = sdk::Null();
  ASSERT_TRUE(Write(abi::Struct(&row))) << error_.text;
  const auto read = Finish();
  ASSERT_EQ(read->num_rows(), 2);
  EXPECT_EQ(Cell(*read, "i8", 0), "-8");
  EXPECT_EQ(Cell(*read, "i64", 0), "1099511627776");
  EXPECT_EQ(Cell(*read, "f", 0), "1.5");
  EXPECT_EQ(Cell(*read, "b", 0), "true");
  EXPECT_EQ(Cell(*read, "s", 0), "text");
  EXPECT_EQ(Cell(*read, "dec", 0), "-12.50");
  EXPECT_EQ(Cell(*read, "day", 0), "2024-02-29");
  EXPECT_EQ(read->schema()->GetFieldByName("ts")->type()->ToString(), "timestamp[ms, tz=UTC]");
  EXPECT_FALSE((*read->GetColumnByName("in")->GetScalar(1))->is_valid);
  EXPECT_FALSE((*read->GetColumnByName("none")->GetScalar(0))->is_valid);
  EXPECT_FALSE(read->schema()->GetFieldByName("s")->nullable());
}

TEST_F(ParquetTest, WhatDoesNotFitLeavesTheFileGood) {
  const sdk::Schema schema = sdk::schemas::Struct("S").Field("a", sdk::schemas::Decimal(2)).Build();
  ASSERT_TRUE(Open(schema));
  const uint8_t huge[17] = {0x7F};
  const uint8_t one[] = {100};
  const sluice_decimal decimals[] = {{2, 17, huge}, {3, 1, one}, {2, 1, one}};
  sdk::Value value = sdk::Null();
  const sluice_struct row{schema.get(), &value};
  EXPECT_FALSE(Write(abi::Struct(&row)));  // a null
  EXPECT_EQ(error_.bad_data, 1);
  for (int i = 0; i < 3; ++i) {
    value = abi::Decimal(&decimals[i]);
    EXPECT_EQ(Write(abi::Struct(&row)), i == 2) << i;
  }
  EXPECT_EQ(Cell(*Finish(), "a", 0), "1.00");
}

TEST_F(ParquetTest, StructsThatAreNullLeaveTheirFieldsInStep) {
  using namespace sdk::schemas;
  const sdk::Schema inner = Optional(Struct("I").Field("x", Int32()).Build());
  const sdk::Schema schema = Struct("S").Field("in", inner).Field("n", Int64()).Build();
  ASSERT_TRUE(Open(schema));
  for (int i = 0; i < 10'000; ++i) {
    const sdk::Value x = sdk::Int32(i);
    const sluice_struct inner_struct{inner.get(), &x};
    const sdk::Value values[] = {i % 3 == 0 ? sdk::Null() : abi::Struct(&inner_struct),
                                 sdk::Int64(i)};
    const sluice_struct row{schema.get(), values};
    ASSERT_TRUE(Write(abi::Struct(&row))) << error_.text;
  }
  const auto read = Finish();
  EXPECT_EQ(Cell(*read, "n", 9999), "9999");
  EXPECT_NE(Cell(*read, "in", 9998).find("9998"), std::string::npos) << Cell(*read, "in", 9998);
  EXPECT_FALSE((*read->GetColumnByName("in")->GetScalar(9999))->is_valid);
}

TEST_F(ParquetTest, ADictionaryWhereValuesRepeat) {
  using namespace sdk::schemas;
  const sdk::Schema schema = Struct("S")
                                 .Field("id", Int64())
                                 .Field("name", String())
                                 .Field("kind", String())
                                 .Field("code", Int32())
                                 .Field("some", Optional(Int64()))
                                 .Build();
  ASSERT_TRUE(Open(schema));
  for (int i = 0; i < 5000; ++i) {
    const std::string name = "name " + std::to_string(i);
    const sdk::Value values[] = {sdk::Int64(i), sdk::String(name),
                                 sdk::String(i % 7 == 0 ? "odd" : "even"), sdk::Int32(i % 10),
                                 i % 2 == 0 ? sdk::Null() : sdk::Int64(i)};
    const sluice_struct row{schema.get(), values};
    ASSERT_TRUE(Write(abi::Struct(&row))) << error_.text;
  }
  EXPECT_EQ(Cell(*Finish(), "name", 4999), "name 4999");
  const auto reader = parquet::ParquetFileReader::Open(
      std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes_)));
  const auto group = reader->metadata()->RowGroup(0);
  std::string with;
  for (int i = 0; i < group->num_columns(); ++i) {
    const auto column = group->ColumnChunk(i);
    if (column->has_dictionary_page()) with += column->path_in_schema()->ToDotString() + ' ';
  }
  EXPECT_EQ(with, "kind code ");
}

TEST_F(ParquetTest, ValuesOfOtherKindsAreRefused) {
  using namespace sdk::schemas;
  const sdk::Schema schema = Struct("S").Field("a", Int32()).Field("l", Array(String())).Build();
  ASSERT_TRUE(Open(schema));
  const sdk::Value good = sdk::String("x"), bad = sdk::Int64(1), none = sdk::Null();
  const auto writes = [&](const sdk::Value& a, const sdk::Value& item) {
    const sdk::Value values[] = {a, abi::Array(&item, 1)};
    const sluice_struct row{schema.get(), values};
    return Write(abi::Struct(&row));
  };
  EXPECT_FALSE(writes(sdk::Int64(1), good));
  EXPECT_NE(std::string(error_.text).find("\"a\""), std::string::npos) << error_.text;
  EXPECT_FALSE(writes(sdk::Int32(1), bad));
  EXPECT_FALSE(writes(sdk::Int32(1), none));
  EXPECT_TRUE(writes(sdk::Int32(1), good));
  EXPECT_EQ(Finish()->num_rows(), 1);
}

TEST_F(ParquetTest, SchemasThatParquetHasNot) {
  EXPECT_FALSE(
      Open(sdk::schemas::Struct("S").Field("e", sdk::schemas::Struct("E").Build()).Build()));
  EXPECT_EQ(error_.bad_data, 1);
  EXPECT_FALSE(Open(sdk::schemas::Struct("S").Field("d", sdk::schemas::Decimal(-1)).Build()));
  EXPECT_FALSE(Open(sdk::schemas::Struct("S").Field("d", sdk::schemas::Decimal(40)).Build()));
}

TEST_F(ParquetTest, EachCodecAndTheSameBytesEachTime) {
  const sdk::Schema schema = sdk::schemas::Struct("S").Field("a", sdk::schemas::Int32()).Build();
  for (const char* codec : {"none", "gzip", "snappy", "lz4", "brotli", "zstd"}) {
    std::string first;
    for (int round = 0; round < 2; ++round) {
      bytes_.clear();
      ASSERT_TRUE(Open(schema, codec)) << codec << ": " << error_.text;
      for (int i = 0; i < 1000; ++i) {
        const sdk::Value value = sdk::Int32(i);
        const sluice_struct row{schema.get(), &value};
        ASSERT_TRUE(Write(abi::Struct(&row)));
      }
      EXPECT_GT(table.memory(file_), 0u);
      EXPECT_EQ(Finish()->num_rows(), 1000) << codec;
      table.close(file_);
      file_ = nullptr;
      if (round == 0) first = bytes_;
      EXPECT_TRUE(bytes_ == first) << codec;
    }
  }
  EXPECT_FALSE(Open(schema, "lzo"));
  EXPECT_EQ(error_.bad_data, 0);
}

}  // namespace
}  // namespace sluice::object_store_sink
