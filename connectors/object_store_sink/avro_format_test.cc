// Files byte by byte. Read back by another reader: tests/connectors/test_object_store_sink.py.
#include "connectors/object_store_sink/avro_format.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "connectors/object_store_sink/avro_schema.h"
#include "connectors/object_store_sink/digest.h"
#include "connectors/object_store_sink/snappy.h"
#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

struct Text : Output {
  void Append(std::string_view bytes) override { text.append(bytes); }
  std::string text;
};

std::string Json(const sdk::Schema& schema, bool meta_data = false) {
  return MakeAvroSchema(*schema, meta_data).json;
}
std::string Encode(const sdk::Schema& schema, const sdk::Value& value) {
  std::string out;
  AppendAvro(out, *MakeAvroSchema(*schema, false).root, value);
  return Hex(out);
}

TEST(AvroSchemaTest, Primitives) {
  EXPECT_EQ(Json(sdk::schemas::Int8()), "\"int\"");
  EXPECT_EQ(Json(sdk::schemas::Int64()), "\"long\"");
  EXPECT_EQ(Json(sdk::schemas::Optional(sdk::schemas::String())), "[\"null\",\"string\"]");
  EXPECT_EQ(Json(sdk::schemas::Int16(), true), R"({"type":"int","connect.type":"int16"})");
  EXPECT_EQ(Json(sdk::schemas::Timestamp()), R"({"type":"long","logicalType":"timestamp-millis"})");
  EXPECT_EQ(Json(sdk::schemas::Decimal(2)),
            R"({"type":"bytes","scale":2,"precision":64,"logicalType":"decimal"})");
  EXPECT_EQ(
      Json(sdk::schemas::Date(), true),
      R"({"type":"int","connect.version":1,"connect.name":"org.apache.kafka.connect.data.Date",)"
      R"("logicalType":"date"})");
}

TEST(AvroSchemaTest, RecordsAreNamedOnce) {
  const sdk::Schema inner =
      sdk::schemas::Struct("x.Inner").Field("a", sdk::schemas::Int32()).Build();
  const sdk::Schema outer = sdk::schemas::Struct("x.Outer")
                                .Field("one", inner)
                                .Field("two", sdk::schemas::Optional(inner))
                                .Build();
  EXPECT_EQ(Json(outer),
            R"({"type":"record","name":"Outer","namespace":"x","fields":[)"
            R"({"name":"one","type":{"type":"record","name":"Inner","namespace":"x","fields":[)"
            R"({"name":"a","type":"int"}]}},)"
            R"({"name":"two","type":["null","x.Inner"],"default":null}]})");
}

TEST(AvroSchemaTest, EnumsAreNamedOnce) {
  const sdk::Schema color = abi::SchemaBuilder::Like(*sdk::schemas::String().get())
                                .Parameter("io.confluent.connect.avro.Enum", "x.Color")
                                .Parameter("io.confluent.connect.avro.Enum.RED", "RED")
                                .Build();
  const sdk::Schema both = sdk::schemas::Struct("x.Both")
                               .Field("one", color)
                               .Field("two", sdk::schemas::Optional(color))
                               .Build();
  EXPECT_EQ(
      Json(both),
      R"({"type":"record","name":"Both","namespace":"x","fields":[)"
      R"({"name":"one","type":{"type":"enum","name":"Color","namespace":"x","symbols":["RED"]}},)"
      R"({"name":"two","type":["null","x.Color"],"default":null}]})");
}

TEST(AvroSchemaTest, NamesThatAvroHasNot) {
  const sdk::Schema schema = sdk::schemas::Struct("my-topic.Value")
                                 .Field("order-id", sdk::schemas::Int32())
                                 .Field("1st", sdk::schemas::Int32())
                                 .Build();
  EXPECT_EQ(Json(schema), R"({"type":"record","name":"Value","namespace":"my_topic","fields":[)"
                          R"({"name":"order_id","type":"int"},{"name":"_1st","type":"int"}]})");
  const sdk::Schema twice = sdk::schemas::Struct("T")
                                .Field("a-b", sdk::schemas::Int32())
                                .Field("a_b", sdk::schemas::Int32())
                                .Build();
  EXPECT_THROW(Json(twice), sdk::DataException);
}

TEST(AvroSchemaTest, DefaultsAndMaps) {
  const sdk::Schema defaulted =
      abi::SchemaBuilder(SLUICE_STRING).Optional().Default(sdk::String("x")).Build();
  const sdk::Schema schema =
      sdk::schemas::Struct("S")
          .Field("d", defaulted)
          .Field("m", sdk::schemas::Map(sdk::schemas::String(), sdk::schemas::Int32()))
          .Field("n", sdk::schemas::Map(sdk::schemas::Int32(), sdk::schemas::Int32()))
          .Build();
  EXPECT_EQ(Json(schema),
            R"({"type":"record","name":"S","namespace":"","fields":[)"
            R"({"name":"d","type":["string","null"],"default":"x"},)"
            R"({"name":"m","type":{"type":"map","values":"int"}},)"
            R"({"name":"n","type":{"type":"array","items":{"type":"record","name":"MapEntry",)"
            R"("namespace":"io.confluent.connect.avro","connect.internal.type":"MapEntry",)"
            R"("fields":[{"name":"key","type":"int"},{"name":"value","type":"int"}]}}}]})");
}

TEST(AvroEncodingTest, Values) {
  EXPECT_EQ(Encode(sdk::schemas::Int32(), sdk::Int32(-64)), "7f");
  EXPECT_EQ(Encode(sdk::schemas::Int64(), sdk::Int64(64)), "8001");
  EXPECT_EQ(Encode(sdk::schemas::Int64(), sdk::Int64(INT64_MIN)), "ffffffffffffffffff01");
  EXPECT_EQ(Encode(sdk::schemas::String(), sdk::String("foo")), "06666f6f");
  EXPECT_EQ(Encode(sdk::schemas::Boolean(), sdk::Boolean(true)), "01");
  EXPECT_EQ(Encode(sdk::schemas::Float32(), sdk::Float32(1.5f)), "0000c03f");
  EXPECT_EQ(Encode(sdk::schemas::Float64(), sdk::Float64(1.5)), "000000000000f83f");
  EXPECT_EQ(Encode(sdk::schemas::Optional(sdk::schemas::String()), sdk::Null()), "00");
  EXPECT_EQ(Encode(sdk::schemas::Optional(sdk::schemas::String()), sdk::String("a")), "020261");
  const sdk::Value items[] = {sdk::Int32(1), sdk::Int32(2)};
  EXPECT_EQ(Encode(sdk::schemas::Array(sdk::schemas::Int32()), abi::Array(items, 2)), "04020400");
  EXPECT_EQ(Encode(sdk::schemas::Array(sdk::schemas::Int32()), abi::Array(items, 0)), "00");
}

TEST(AvroEncodingTest, WhatDoesNotFitIsRefused) {
  EXPECT_THROW(Encode(sdk::schemas::Int32(), sdk::String("x")), sdk::DataException);
  EXPECT_THROW(Encode(sdk::schemas::String(), sdk::Null()), sdk::DataException);
  const uint8_t bytes[] = {1};
  const sluice_decimal decimal{3, 1, bytes};
  EXPECT_THROW(Encode(sdk::schemas::Decimal(2), abi::Decimal(&decimal)), sdk::DataException);
}

TEST(AvroFormatTest, AFile) {
  const sdk::Schema schema = sdk::schemas::Int32();
  Text out;
  const AvroFormat format(AvroCodec::kNull, false);
  const auto encoder = format.Open(schema.get(), "the name", out);
  for (int i = 0; i < 3; ++i) {
    encoder->Stage(schema.get(), sdk::Int32(i));
    if (i != 1) encoder->Keep();
  }
  EXPECT_THROW(encoder->Stage(schema.get(), sdk::String("x")), sdk::DataException);
  encoder->End();
  const std::string sync = Sha256("the name").substr(0, 16);
  EXPECT_EQ(out.text, std::string("Obj\x01\x04\x14") + "avro.codec" + "\x08null\x16" +
                          "avro.schema" + "\x0a\"int\"" + std::string(1, '\0') + sync +
                          std::string("\x04\x04\x00\x04", 4) + sync);
  EXPECT_THROW(format.Open(nullptr, "n", out), sdk::DataException);
}

// Reads what SnappyCompress wrote, by the format's description.
std::string Unsnap(const std::string& in) {
  size_t at = 0, size = 0;
  for (int shift = 0;; shift += 7) {
    size |= static_cast<size_t>(in[at] & 0x7F) << shift;
    if ((in[at++] & 0x80) == 0) break;
  }
  std::string out;
  while (at < in.size()) {
    const auto tag = static_cast<uint8_t>(in[at++]);
    if ((tag & 3) == 0) {
      size_t length = (tag >> 2) + 1u;
      if (length > 60) {
        const size_t bytes = length - 60;
        length = 1;
        for (size_t i = 0; i < bytes; ++i)
          length += static_cast<size_t>(static_cast<uint8_t>(in[at++])) << (8 * i);
      }
      out.append(in, at, length);
      at += length;
    } else {
      EXPECT_EQ(tag & 3, 2);
      const size_t offset =
          static_cast<uint8_t>(in[at]) | static_cast<size_t>(static_cast<uint8_t>(in[at + 1])) << 8;
      at += 2;
      for (size_t i = 0; i < (tag >> 2) + 1u; ++i) out.push_back(out[out.size() - offset]);
    }
  }
  EXPECT_EQ(out.size(), size);
  return out;
}

TEST(SnappyTest, ComesBack) {
  std::string mixed, noise;
  uint32_t random = 1;
  for (int i = 0; i < 200'000; ++i) {
    random = random * 1664525 + 1013904223;
    noise.push_back(static_cast<char>(random >> 24));
    if (i % 3 == 0) mixed += "order " + std::to_string(random >> 26) + ",";
  }
  for (const std::string& text :
       {std::string(), std::string("a"), std::string("abcdefgh"), std::string(70'000, 'x'),
        std::string(67, 'y') + "z", noise, mixed}) {
    EXPECT_TRUE(Unsnap(SnappyCompress(text)) == text) << text.size();
  }
  EXPECT_LT(SnappyCompress(mixed).size(), mixed.size() / 2);
  EXPECT_LT(SnappyCompress(noise).size(), noise.size() + noise.size() / 100);
}

TEST(AvroFormatTest, CodecsComeBack) {
  const std::string text(10'000, 'a');
  const std::string snappy = CompressAvroBlock(AvroCodec::kSnappy, text);
  EXPECT_TRUE(Unsnap(snappy.substr(0, snappy.size() - 4)) == text);
  const std::string deflated = CompressAvroBlock(AvroCodec::kDeflate, text);
  z_stream stream{};
  inflateInit2(&stream, -15);
  std::string back(20'000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(deflated.data()));
  stream.avail_in = static_cast<uInt>(deflated.size());
  stream.next_out = reinterpret_cast<Bytef*>(back.data());
  stream.avail_out = static_cast<uInt>(back.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_TRUE(back.substr(0, stream.total_out) == text);
  inflateEnd(&stream);
  EXPECT_TRUE(CompressAvroBlock(AvroCodec::kBzip2, text).starts_with("BZh9"));
}

}  // namespace
}  // namespace sluice::object_store_sink
