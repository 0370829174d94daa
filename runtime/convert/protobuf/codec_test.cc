// Reader and writer where peer_test does not look: bounds, malformed bytes, other messages than the
// schema's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/byte_output.h"
#include "runtime/convert/protobuf/connect_names.h"
#include "runtime/convert/protobuf/from_connect.h"
#include "runtime/convert/protobuf/known_values.h"
#include "runtime/convert/protobuf/reader.h"
#include "runtime/convert/protobuf/schema.h"
#include "runtime/convert/protobuf/to_connect.h"
#include "runtime/convert/protobuf/writer.h"
#include "runtime/convert/recursion.h"
#include "runtime/record/value.h"

namespace sluice::convert::protobuf {
namespace {

using abi::SchemaBuilder;
using abi::SchemaRef;
using testing::HasSubstr;

class CodecTest : public testing::Test {
 protected:
  // Reads messages of the first in the text.
  void Read(std::string_view text, const ProtobufOptions& options = {}) {
    const auto parsed = ParseSchema(StrCat("syntax = \"proto3\"; ", text));
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    schema_ = *parsed;
    const auto connect = ToConnectSchema(*schema_->At({}), std::nullopt, options);
    ASSERT_TRUE(connect.ok()) << connect.status();
    auto made = Reader::Make(*schema_->At({}), *connect, options);
    ASSERT_TRUE(made.ok()) << made.status();
    reader_ = *std::move(made);
  }
  std::string In(std::string_view bytes) {
    bytes_ = bytes;
    const auto value = reader_->Read(bytes_, arena_);
    if (!value.ok()) return StrCat("! ", Describe(value.status()));
    value_ = *value;
    return record::JavaText(*value);
  }
  // Writes a struct of one field to the message M of a text.
  std::string Out(const SchemaRef& field, const sluice_value& value, std::string_view text) {
    const auto parsed = ParseSchema(StrCat("syntax = \"proto3\"; ", text));
    EXPECT_TRUE(parsed.ok()) << parsed.status();
    const auto connect = SchemaBuilder(SLUICE_STRUCT).Name("M").Field("f", field).Build();
    const auto own = FromConnectSchema(*connect, {});
    if (!own.ok()) return StrCat("! ", Describe(own.status()));
    const auto made = Writer::Make(*connect, *own->message, *(*parsed)->Find("M"), {});
    if (!made.ok()) return StrCat("! ", Describe(made.status()));
    ByteOutput out;
    const Status written = (*made)->Write(arena_.NewStruct(connect.get(), &value), out);
    return written.ok() ? std::string(out.view()) : StrCat("! ", Describe(written));
  }

  std::shared_ptr<const Schema> schema_;
  std::unique_ptr<Reader> reader_;
  std::string bytes_;
  abi::Arena arena_;
  sluice_value value_{};
};

TEST_F(CodecTest, MalformedBytesAreClearErrors) {
  Read("message M { int32 a = 1; string s = 2; M m = 3; repeated fixed32 x = 4; }");
  const std::pair<std::string, const char*> cases[] = {
      {std::string("\x08", 1), "at byte 1: the input ended unexpectedly in the middle of a field"},
      {std::string("\x08\x80", 2), "at byte 2: the input ended"},
      {"\x12\x05"
       "ab",
       "at byte 2: the input ended"},
      {std::string("\x08") + std::string(10, '\x80'), "at byte 11: a malformed varint"},
      {std::string("\0\0", 2), "at byte 1: an invalid tag (zero)"},
      {"\x0e\x01", "a tag with an invalid wire type"},
      {"\x0c", "an end-group tag that matches no group"},
      {"\x2b\x08\x01", "the input ended"},
      {"\x2b\x34", "an end-group tag"},
      {"\x12\x01\xff", "a string with invalid UTF-8, the field s"},
      {"\x1a\x02\x08", "the input ended"},
      {"\x1a\x01\x08", "the input ended"},
      {"\x22\x03\x01\x02\x03", "the input ended"},
      {std::string("\x2b") + std::string(200, '\x2b'), "too many levels of nesting"},
  };
  for (const auto& [bytes, wanted] : cases) {
    const std::string got = In(bytes);
    EXPECT_THAT(got, testing::StartsWith(StrCat("! ", kSerializationException))) << got;
    EXPECT_THAT(got, HasSubstr(wanted)) << Base64Encode(bytes);
  }
  EXPECT_EQ(In(""), "Struct{a=0,s=,x=[]}");
}

TEST_F(CodecTest, DepthIsBounded) {
  const auto nested = [](int levels, char tag) {
    std::string bytes;
    for (int i = 0; i < levels; ++i) {
      ByteOutput out;
      out.Byte(static_cast<uint8_t>(tag));
      out.Varint(bytes.size());
      out.Raw(bytes);
      bytes = out.view();
    }
    return bytes;
  };
  Read("message M { M m = 1; int32 x = 2; }");
  EXPECT_THAT(In(nested(kRecursionMax, 10)), testing::StartsWith("Struct{m=Struct{"));
  EXPECT_THAT(In(nested(kRecursionMax + 1, 10)),
              HasSubstr("a message M contains itself more often than can be shown (32)"));
  EXPECT_THAT(In(nested(5000, 10)), HasSubstr("contains itself more often"));
  std::string ring;
  for (int i = 0; i < 20; ++i) StrAppend(ring, "message R", i, " { R", (i + 1) % 20, " n = 1; } ");
  Read(ring);
  EXPECT_THAT(In(nested(99, 10)), testing::StartsWith("Struct{n="));
  EXPECT_THAT(In(nested(102, 10)), testing::StartsWith("! "));
}

TEST_F(CodecTest, MemoryIsBounded) {
  std::string fields;
  for (int i = 2; i < 1000; ++i) StrAppend(fields, "int32 f", i, " = ", i, "; ");
  Read(StrCat("message M { repeated W w = 1; } message W { ", fields, " }"));
  std::string bytes;
  for (int i = 0; i < 20'000; ++i) bytes += std::string("\x0a\0", 2);
  EXPECT_THAT(In(bytes), HasSubstr("it takes more than 268435456 bytes of memory"));
}

TEST_F(CodecTest, OfAMapsEntriesWithOneKeyTheLastCounts) {
  Read("message M { map<int32, string> m = 1; map<string, int32> n = 2; }");
  EXPECT_EQ(In("\x0a\x05\x08\x01\x12\x01"
               "a"
               "\x0a\x05\x08\x02\x12\x01"
               "b"
               "\x0a\x05\x08\x01\x12\x01"
               "c"),
            "Struct{m={1=c, 2=b},n={}}");
  ByteOutput out;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 100; ++i) {
      const std::string key = StrCat("k", i);
      out.Byte(0x12);
      const size_t begin = out.BeginLength();
      out.Byte(0x0a);
      out.Varint(key.size());
      out.Raw(key);
      out.Byte(0x10);
      out.Varint(static_cast<uint64_t>(round * 1000 + i));
      out.EndLength(begin);
      out.Byte(0x0a);
      out.Byte(2);
      out.Byte(0x08);
      out.Byte(static_cast<uint8_t>(i));
    }
  }
  (void)In(out.view());
  const sluice_value* values = value_.as.structure->values;
  ASSERT_EQ(values[0].size, 100u);
  ASSERT_EQ(values[1].size, 100u);
  EXPECT_EQ(abi::Text(values[1].as.entries[42].key), "k42");
  EXPECT_EQ(values[1].as.entries[42].value.as.int64, 1042);
  EXPECT_EQ(values[0].as.entries[42].key.as.int64, 42);
}

TEST_F(CodecTest, AMessageForAMapsKeyIsRefused) {
  const auto parsed = ParseSchema(
      "syntax = \"proto3\"; message M { repeated XEntry x = 1; message XEntry { M key = 1; int32 "
      "value = 2; } }");
  const auto connect = ToConnectSchema(*(*parsed)->At({}), std::nullopt, {});
  ASSERT_TRUE(connect.ok()) << connect.status();
  EXPECT_THAT(std::string(sluice::Message(Reader::Make(*(*parsed)->At({}), *connect, {}).status())),
              HasSubstr("has messages for keys"));
}

TEST_F(CodecTest, ValuesAreWrittenAsTheTargetHasThem) {
  const auto int32 = SchemaBuilder(SLUICE_INT32).Build();
  const auto text = SchemaBuilder(SLUICE_STRING).Build();
  const auto list = SchemaBuilder(SLUICE_ARRAY).Value(int32).Build();
  const sluice_value items[] = {abi::Int32(1), abi::Int32(-1)};
  const std::string wrappers = "import \"google/protobuf/wrappers.proto\"; ";
  struct Case {
    SchemaRef field;
    sluice_value value;
    std::string message;
    std::string bytes;
  };
  const Case cases[] = {
      {int32, abi::Int32(5), "message M { int32 f = 9; }", "\x48\x05"},
      {int32, abi::Int32(-1), "message M { sint64 f = 1; }", "\x08\x01"},
      {int32, abi::Int32(7), "message M { sfixed32 f = 1; }", std::string("\x0d\7\0\0\0", 5)},
      {int32, abi::Int32(7), "message M { fixed64 f = 1; }",
       std::string("\x09\7\0\0\0\0\0\0\0", 9)},
      {int32, abi::Int32(7), wrappers + "message M { google.protobuf.Int64Value f = 1; }",
       "\x0a\x02\x08\x07"},
      {int32, abi::Int32(0), wrappers + "message M { google.protobuf.Int64Value f = 1; }",
       std::string("\x0a\0", 2)},
      {text, abi::String("B"), "message M { E f = 1; } enum E { A = 0; B = 4; }", "\x08\x04"},
      {text, abi::String("ab"), "message M { bytes f = 1; }",
       "\x0a\x02"
       "ab"},
      {int32, abi::Int32(5), "message M { int32 g = 2; }", "\x08\x05"},  // unknown, as it was
      {list, abi::Array(items, 2), "message M { repeated sint32 f = 1; }",
       std::string("\x0a\x02\x02\x01", 4)},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(Base64Encode(Out(one.field, one.value, one.message)), Base64Encode(one.bytes))
        << one.message;
  }
}

TEST_F(CodecTest, WhatTheTargetHasNoPlaceForIsAnError) {
  const auto int32 = SchemaBuilder(SLUICE_INT32).Build();
  const auto text = SchemaBuilder(SLUICE_STRING).Build();
  struct Case {
    SchemaRef field;
    sluice_value value;
    const char* message;
    const char* wanted;
  };
  const Case cases[] = {
      {int32, abi::Int32(5), "message M { string f = 1; }",
       "The Protobuf field f of message M is string: it has no place for values of Schema{INT32}"},
      {int32, abi::Int32(5), "message M { repeated int32 f = 1; }", "is repeated int32: it has no"},
      {int32, abi::Int32(5), "message M { N f = 1; } message N {}", "is N: it has no place"},
      {int32, abi::Int32(5), "message M { int32 g = 1; }",
       "The Protobuf message M has no field f, and its number 1 is that of the field g"},
      {text, abi::String("X"), "message M { E f = 1; } enum E { A = 0; }", "'X' is no value of"},
      {int32, abi::String("x"), "message M { int32 f = 1; }",
       "Invalid type for INT32: class java.lang.String"},
      {SchemaBuilder(SLUICE_ARRAY).Value(int32).Build(), abi::Int32(1),
       "message M { repeated int32 f = 1; }", "Invalid type for ARRAY: class java.lang.Integer"},
  };
  for (const Case& one : cases) {
    EXPECT_THAT(Out(one.field, one.value, one.message), HasSubstr(one.wanted)) << one.message;
  }
  const sluice_value none = abi::Null();
  const auto list =
      SchemaBuilder(SLUICE_ARRAY).Value(SchemaBuilder(SLUICE_STRING).Optional().Build()).Build();
  EXPECT_THAT(Out(list, abi::Array(&none, 1), "message M { repeated string f = 1; }"),
              HasSubstr("The list f has a null element, which Protobuf does not have"));
}

TEST_F(CodecTest, LengthsOfAllSizes) {
  const auto inner = SchemaBuilder(SLUICE_STRUCT)
                         .Name("I")
                         .Field("s", SchemaBuilder(SLUICE_STRING).Build())
                         .Build();
  Read("message M { I f = 1; message I { string s = 1; } }");
  for (const size_t size :
       std::initializer_list<size_t>{0, 1, 125, 126, 127, 128, 16'380, 16'383, 16'384, 2'097'152}) {
    const std::string text(size, 'x');
    const sluice_value value = abi::String(text);
    const std::string bytes = Out(inner, arena_.NewStruct(inner.get(), &value),
                                  "message M { I f = 1; message I { string s = 1; } }");
    ASSERT_THAT(In(bytes), testing::StartsWith("Struct{")) << size;
    EXPECT_EQ(abi::Text(value_.as.structure->values[0].as.structure->values[0]), text);
  }
}

TEST(KnownValues, DecimalsAreRoundedToTheirPrecision) {
  struct Case {
    std::string unscaled;
    int64_t precision, scale;
    const char* text;
  };
  const Case cases[] = {
      {"\x04\xd2", 0, 2, "12.34"},
      {"\x04\xd2", 4, 2, "12.34"},
      {"\x04\xd2", 3, 2, "12.3"},
      {"\x04\xd3", 3, 0, "1.24E+3"},
      {"\x03\xe7", 2, 0, "1.0E+3"},
      {"\xfc\x19", 2, 0, "-1.0E+3"},
      {std::string(40, '\x7f'), 1, 96, "6"},
  };
  for (const Case& one : cases) {
    abi::Arena arena(512);
    KnownParts parts{{0, 0, one.precision, one.scale}, one.unscaled};
    const auto value = DecimalOf(parts, arena);
    ASSERT_TRUE(value.ok()) << value.status();
    if (one.unscaled.size() > 8) {
      EXPECT_LT(record::JavaText(*value).size(), 6u);
    } else {
      EXPECT_EQ(record::JavaText(*value), one.text);
    }
  }
}

}  // namespace
}  // namespace sluice::convert::protobuf
