// Our reader and writer next to libprotobuf's own messages: what we write it reads, and writes to
// the byte; what it writes we read; and of damaged bytes both say the same.
#include <gtest/gtest.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/stubs/logging.h>

#include <bit>

#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/byte_output.h"
#include "runtime/convert/protobuf/connect_maker.h"
#include "runtime/convert/protobuf/from_connect.h"
#include "runtime/convert/protobuf/library.h"
#include "runtime/convert/protobuf/reader.h"
#include "runtime/convert/protobuf/schema.h"
#include "runtime/convert/protobuf/to_connect.h"
#include "runtime/convert/protobuf/writer.h"
#include "runtime/record/value.h"

namespace sluice::convert::protobuf {
namespace {

using abi::SchemaRef;
using CppType = pb::FieldDescriptor::CppType;

bool HasUnknown(const pb::Message& message) {
  const pb::Reflection& reflection = *message.GetReflection();
  if (!reflection.GetUnknownFields(message).empty()) return true;
  std::vector<const pb::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->cpp_type() != CppType::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      if (HasUnknown(reflection.GetMessage(message, field))) return true;
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (HasUnknown(reflection.GetRepeatedMessage(message, field, i))) return true;
    }
  }
  return false;
}

bool IsWhole(const sluice_value& value) {
  return value.kind >= SLUICE_INT8 && value.kind <= SLUICE_INT32;
}

// Equal, but that lists and maps that were null are empty, and that an int8 in a message of its own
// comes back as int32.
bool Same(const sluice_value& a, const sluice_value& b) {
  if (IsWhole(a) && IsWhole(b)) return a.as.int64 == b.as.int64;
  const bool container = b.kind == SLUICE_ARRAY || b.kind == SLUICE_MAP;
  if (abi::IsNull(a) && container) return b.size == 0;
  if (a.kind != b.kind || (container && a.size != b.size)) return false;
  if (a.kind == SLUICE_STRUCT) {
    bool same = a.size == b.size;
    for (uint32_t i = 0; same && i < a.size; ++i) {
      same = Same(a.as.structure->values[i], b.as.structure->values[i]);
    }
    return same;
  }
  for (uint32_t i = 0; container && i < a.size; ++i) {
    const bool list = a.kind == SLUICE_ARRAY;
    if (list && !Same(a.as.items[i], b.as.items[i])) return false;
    if (list) continue;
    if (!Same(a.as.entries[i].key, b.as.entries[i].key) ||
        !Same(a.as.entries[i].value, b.as.entries[i].value)) {
      return false;
    }
  }
  return container || record::DeepEquals(a, b);
}

TEST(LibraryTest, RandomConnectValuesAreWrittenAsTheLibraryWritesThem) {
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    ConnectMaker maker(seed);
    ProtobufOptions options;
    (seed % 2 == 0 ? options.optional_for_nullables : options.wrapper_for_nullables) = true;
    const SchemaRef schema = maker.Root();
    const auto made = FromConnectSchema(*schema, options);
    ASSERT_TRUE(made.ok()) << seed << made.status();
    const auto parsed = ParseSchema(made->text);
    ASSERT_TRUE(parsed.ok()) << seed << parsed.status();
    EXPECT_EQ(SchemaText((*parsed)->file()), made->text) << seed;
    Library library;
    const pb::FileDescriptor* file = library.Add("own", made->text);
    ASSERT_NE(file, nullptr) << made->text;
    const Message& message = *(*parsed)->At({});
    const auto writer = Writer::Make(*schema, *made->message, message, options);
    ASSERT_TRUE(writer.ok()) << seed << writer.status();
    const auto connect = ToConnectSchema(message, std::nullopt, options);
    ASSERT_TRUE(connect.ok()) << seed << connect.status();
    const auto reader = Reader::Make(message, *connect, options);
    ASSERT_TRUE(reader.ok()) << seed << reader.status();
    for (int i = 0; i < 20; ++i) {
      abi::Arena arena(1024);
      const sluice_value value = maker.Value(*schema, arena, false);
      ByteOutput out;
      const Status written = (*writer)->Write(value, out);
      ASSERT_TRUE(written.ok()) << seed << written;
      const std::string bytes(out.view());
      const auto theirs = library.New(file->message_type(0));
      ASSERT_TRUE(theirs->ParseFromString(bytes)) << seed << made->text;
      EXPECT_FALSE(HasUnknown(*theirs)) << seed << made->text;
      EXPECT_EQ(Base64Encode(theirs->SerializeAsString()), Base64Encode(bytes)) << made->text;
      const auto read = (*reader)->Read(bytes, arena);
      ASSERT_TRUE(read.ok()) << seed << read.status() << made->text;
      EXPECT_TRUE(Same(value, *read)) << seed << " " << record::JavaText(value) << "\n"
                                      << record::JavaText(*read) << "\n"
                                      << made->text;
      for (size_t size = 0; i < 3 && size < bytes.size(); ++size) {
        (void)(*reader)->Read(bytes.substr(0, size), arena);  // ends, whatever it says
      }
    }
  }
}

constexpr const char* kSchemas[] = {
    "syntax = \"proto3\"; message M { double d = 1; float f = 2; int64 l = 3; uint64 ul = 4; int32 "
    "i ="
    " 5; fixed64 x64 = 6; fixed32 x32 = 7; bool b = 8; string s = 9; bytes y = 10; uint32 u = 11;"
    " sfixed32 sx32 = 12; sfixed64 sx64 = 13; sint32 si = 14; sint64 sl = 15; optional int32 oi ="
    " 16; optional string os = 17; E e = 300; enum E { A = 0; B = 7; C = -1; } }",
    "syntax = \"proto3\"; message M { repeated double d = 1; repeated int64 l = 2; repeated uint32 "
    "u ="
    " 3; repeated sint32 si = 4 [packed = false]; repeated fixed64 x = 5; repeated bool b = 6;"
    " repeated string s = 7; repeated bytes y = 8; repeated E e = 9; repeated N n = 20000; message "
    "N"
    " { int32 x = 1; repeated N more = 2; } enum E { A = 0; B = 7; } }",
    "syntax = \"proto3\"; package p; message M { string a = 1; oneof one { int32 i = 2; string s = "
    "3;"
    " N n = 4; } N m = 5; oneof two { bool x = 6; bytes y = 7; } map<string, int32> counts = 8;"
    " map<int64, N> by_id = 9; message N { int32 a = 1; N next = 2; repeated int32 b = 3; } }",
    "syntax = \"proto2\"; message M { required string r = 1; optional int32 o = 2; optional int32 "
    "d ="
    " 3 [default = 7]; optional E e = 7 [default = B]; repeated int32 p = 8 [packed = true]; "
    "repeated"
    " int32 u = 9; optional S sub = 10; repeated E es = 11; message S { required int32 a = 1;"
    " optional sfixed64 b = 2; } enum E { A = 1; B = 2; } }",
};

void Fill(pb::Message& message, ConnectMaker& maker, int depth);

void Set(pb::Message& message, const pb::FieldDescriptor* field, ConnectMaker& maker, int depth) {
  const pb::Reflection& to = *message.GetReflection();
  const bool many = field->is_repeated();
  const int64_t bits = maker.Number(3) == 0 ? 0 : maker.Bits() >> maker.Number(64);
  switch (field->cpp_type()) {
#define SLUICE_SET(kind, Kind, made)                                                  \
  case CppType::CPPTYPE_##kind:                                                       \
    many ? to.Add##Kind(&message, field, made) : to.Set##Kind(&message, field, made); \
    return;
    SLUICE_SET(INT32, Int32, static_cast<int32_t>(bits))
    SLUICE_SET(INT64, Int64, bits)
    SLUICE_SET(UINT32, UInt32, static_cast<uint32_t>(bits))
    SLUICE_SET(UINT64, UInt64, static_cast<uint64_t>(bits))
    SLUICE_SET(DOUBLE, Double, static_cast<double>(bits) / 8)
    SLUICE_SET(FLOAT, Float, static_cast<float>(bits) / 8)
    SLUICE_SET(BOOL, Bool, bits != 0)
    SLUICE_SET(STRING, String, bits == 0 ? "" : StrCat("t\u00e9xt", bits))
#undef SLUICE_SET
    case CppType::CPPTYPE_ENUM: {
      const auto* value = field->enum_type()->value(
          static_cast<int>(maker.Number(static_cast<uint32_t>(field->enum_type()->value_count()))));
      many ? to.AddEnum(&message, field, value) : to.SetEnum(&message, field, value);
      return;
    }
    case CppType::CPPTYPE_MESSAGE:
      Fill(many ? *to.AddMessage(&message, field) : *to.MutableMessage(&message, field), maker,
           depth - 1);
      return;
  }
}

void Fill(pb::Message& message, ConnectMaker& maker, int depth) {
  const pb::Descriptor& descriptor = *message.GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const pb::FieldDescriptor* field = descriptor.field(i);
    const bool ends = field->cpp_type() == CppType::CPPTYPE_MESSAGE && depth == 0;
    if (!field->is_required() && (ends || maker.Number(3) == 0)) continue;
    for (uint32_t n = field->is_repeated() ? maker.Number(4) : 1; n > 0; --n) {
      Set(message, field, maker, depth);
    }
  }
}

bool SameMessage(const pb::Message& theirs, const sluice_value& ours);

// `index`: of the repeated, or -1.
bool SameField(const pb::Message& theirs, const pb::FieldDescriptor* field, int index,
               const sluice_value& ours) {
  const pb::Reflection& from = *theirs.GetReflection();
  const bool many = index >= 0;
  switch (field->cpp_type()) {
#define SLUICE_GET(kind, Kind, same)                                                         \
  case CppType::CPPTYPE_##kind: {                                                            \
    const auto value =                                                                       \
        many ? from.GetRepeated##Kind(theirs, field, index) : from.Get##Kind(theirs, field); \
    return same;                                                                             \
  }
    SLUICE_GET(INT32, Int32, ours.kind == SLUICE_INT32 && ours.as.int64 == value)
    SLUICE_GET(INT64, Int64, ours.kind == SLUICE_INT64 && ours.as.int64 == value)
    SLUICE_GET(UINT32, UInt32, ours.kind == SLUICE_INT64 && ours.as.int64 == int64_t{value})
    SLUICE_GET(UINT64, UInt64,
               ours.kind == SLUICE_INT64 && static_cast<uint64_t>(ours.as.int64) == value)
    SLUICE_GET(DOUBLE, Double,
               ours.kind == SLUICE_FLOAT64 &&
                   std::bit_cast<uint64_t>(ours.as.float64) == std::bit_cast<uint64_t>(value))
    SLUICE_GET(FLOAT, Float,
               ours.kind == SLUICE_FLOAT32 &&
                   std::bit_cast<uint32_t>(ours.as.float32) == std::bit_cast<uint32_t>(value))
    SLUICE_GET(BOOL, Bool, ours.kind == SLUICE_BOOLEAN && (ours.as.int64 != 0) == value)
    SLUICE_GET(STRING, String,
               ours.kind == SLUICE_STRING ? abi::Text(ours) == ReplaceInvalidUtf8(value)
                                          : ours.kind == SLUICE_BYTES && abi::Text(ours) == value)
    SLUICE_GET(ENUM, EnumValue,
               ours.kind == SLUICE_STRING &&
                   (field->enum_type()->FindValueByNumber(value) == nullptr
                        ? abi::Text(ours) == StrCat("UNKNOWN_ENUM_VALUE_E_", value)
                        : abi::Text(ours) == field->enum_type()->FindValueByNumber(value)->name()))
#undef SLUICE_GET
    case CppType::CPPTYPE_MESSAGE:
      break;
  }
  return SameMessage(
      many ? from.GetRepeatedMessage(theirs, field, index) : from.GetMessage(theirs, field), ours);
}

// Of entries with one key the last counts, at the first one's place.
bool SameMap(const pb::Message& theirs, const pb::FieldDescriptor* field,
             const sluice_value& ours) {
  const pb::Reflection& from = *theirs.GetReflection();
  const pb::FieldDescriptor* key = field->message_type()->FindFieldByName("key");
  const pb::FieldDescriptor* value = field->message_type()->FindFieldByName("value");
  uint32_t found = 0;
  for (uint32_t i = 0; i < ours.size; ++i) {
    const pb::Message* last = nullptr;
    for (int j = 0; j < from.FieldSize(theirs, field); ++j) {
      const pb::Message& entry = from.GetRepeatedMessage(theirs, field, j);
      if (SameField(entry, key, -1, ours.as.entries[i].key)) {
        last = &entry;
        ++found;
      }
    }
    if (last == nullptr || !SameField(*last, value, -1, ours.as.entries[i].value)) return false;
  }
  return found == static_cast<uint32_t>(from.FieldSize(theirs, field));
}

bool SameMessage(const pb::Message& theirs, const sluice_value& ours) {
  if (ours.kind != SLUICE_STRUCT) return false;
  const pb::Reflection& from = *theirs.GetReflection();
  const pb::Descriptor& descriptor = *theirs.GetDescriptor();
  const sluice_schema* schema = ours.as.structure->schema;
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const pb::FieldDescriptor* field = descriptor.field(i);
    const sluice_value* value = nullptr;
    if (const pb::OneofDescriptor* oneof = field->real_containing_oneof()) {
      const int slot = abi::FieldIndex(*schema, StrCat(oneof->name(), "_", oneof->index()));
      if (slot < 0) return false;
      const sluice_value& in = ours.as.structure->values[slot];
      if (abi::IsNull(in)) {
        if (from.HasOneof(theirs, oneof)) return false;
        continue;
      }
      value = &in.as.structure->values[abi::FieldIndex(*in.as.structure->schema, field->name())];
    } else {
      value = &ours.as.structure->values[abi::FieldIndex(*schema, field->name())];
    }
    if (!field->is_repeated()) {
      if (abi::IsNull(*value) ? field->has_presence() && from.HasField(theirs, field)
                              : !SameField(theirs, field, -1, *value)) {
        return false;
      }
      continue;
    }
    if (value->kind == SLUICE_MAP) {
      if (!SameMap(theirs, field, *value)) return false;
      continue;
    }
    if (value->kind != SLUICE_ARRAY ||
        value->size != static_cast<uint32_t>(from.FieldSize(theirs, field))) {
      return false;
    }
    for (uint32_t n = 0; n < value->size; ++n) {
      if (!SameField(theirs, field, static_cast<int>(n), value->as.items[n])) return false;
    }
  }
  return true;
}

TEST(LibraryTest, WhatTheLibraryWritesWeRead) {
  const pb::LogSilencer silence;  // of missing fields and bad UTF-8
  int accepted = 0, refused = 0, ours_alone = 0;
  for (const char* text : kSchemas) {
    Library library;
    const pb::FileDescriptor* file = library.Add("own", text);
    ASSERT_NE(file, nullptr) << text;
    const auto schema = ParseSchema(text);
    ASSERT_TRUE(schema.ok()) << schema.status();
    const auto connect = ToConnectSchema(*(*schema)->At({}), std::nullopt, {});
    ASSERT_TRUE(connect.ok()) << connect.status();
    const auto reader = Reader::Make(*(*schema)->At({}), *connect, {});
    ASSERT_TRUE(reader.ok()) << reader.status();
    ConnectMaker maker(7);
    for (int round = 0; round < 200; ++round) {
      const auto theirs = library.New(file->message_type(0));
      Fill(*theirs, maker, 4);
      const std::string bytes = theirs->SerializeAsString();
      abi::Arena arena(1024);
      const auto ours = (*reader)->Read(bytes, arena);
      ASSERT_TRUE(ours.ok()) << ours.status() << theirs->ShortDebugString();
      EXPECT_TRUE(SameMessage(*theirs, *ours)) << theirs->ShortDebugString() << "\n"
                                               << record::JavaText(*ours);
      for (int damage = 0; damage < 20 && !bytes.empty(); ++damage) {
        std::string broken = bytes;
        const auto size = static_cast<uint32_t>(broken.size());
        for (uint32_t n = 1 + maker.Number(3); n > 0; --n) {
          broken[maker.Number(size)] = static_cast<char>(maker.Bits());
        }
        const auto parsed = library.New(file->message_type(0));
        const bool takes = parsed->ParseFromString(broken);
        const auto read = (*reader)->Read(broken, arena);
        // The library refuses tags of more than five bytes, which Java takes.
        EXPECT_TRUE(read.ok() || !takes) << read.status() << " " << Base64Encode(broken) << "\n"
                                         << text;
        ++(takes ? accepted : refused);
        if (read.ok() && !takes) ++ours_alone;
        if (takes && read.ok()) {
          EXPECT_TRUE(SameMessage(*parsed, *read)) << Base64Encode(broken) << "\n"
                                                   << parsed->ShortDebugString() << "\n"
                                                   << record::JavaText(*read);
        }
      }
    }
  }
  EXPECT_GT(accepted, 1000);
  EXPECT_GT(refused, 1000);
  EXPECT_LT(ours_alone, refused / 20);
}

}  // namespace
}  // namespace sluice::convert::protobuf
