// libFuzzer: any bytes as messages of some schemas; the first byte chooses which. What was read can
// be written in the Connect schema that it was read with.
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include "runtime/abi/arena.h"
#include "runtime/abi/schema.h"
#include "runtime/base/status.h"
#include "runtime/convert/byte_output.h"
#include "runtime/convert/protobuf/from_connect.h"
#include "runtime/convert/protobuf/reader.h"
#include "runtime/convert/protobuf/schema.h"
#include "runtime/convert/protobuf/to_connect.h"
#include "runtime/convert/protobuf/writer.h"

using namespace sluice::convert;            // NOLINT
using namespace sluice::convert::protobuf;  // NOLINT

namespace {

constexpr std::string_view kSchemas[] = {
    R"(syntax = "proto3"; message M { double d = 1; float f = 2; int64 l = 3; uint64 ul = 4;
       int32 i = 5; fixed64 x = 6; fixed32 y = 7; bool b = 8; string s = 9; bytes z = 10;
       uint32 u = 11; sfixed32 v = 12; sfixed64 w = 13; sint32 si = 14; sint64 sl = 15;
       optional int32 oi = 16; E e = 17; enum E { A = 0; B = 1; } })",
    R"(syntax = "proto3"; message M { repeated double d = 1; repeated int64 l = 2;
       repeated string s = 3; map<string, int32> m = 4; map<int32, M> n = 5; repeated M more = 6;
       M one = 7; oneof o { M x = 8; int32 y = 9; string z = 10; } })",
    R"(syntax = "proto3"; import "google/protobuf/timestamp.proto"; import "google/type/date.proto";
       import "google/type/timeofday.proto"; import "confluent/type/decimal.proto";
       import "google/protobuf/wrappers.proto"; message M { google.protobuf.Timestamp t = 1;
       google.type.Date d = 2; google.type.TimeOfDay y = 3; confluent.type.Decimal n = 4;
       google.protobuf.Int32Value i = 5; google.protobuf.StringValue s = 6;
       repeated confluent.type.Decimal l = 7; })",
    R"(syntax = "proto2"; message M { required int32 r = 1; optional string s = 2 [default = "x"];
       repeated E e = 3; optional M m = 4; enum E { A = 1; B = 2; } })",
};

struct Case {
  std::shared_ptr<const Schema> schema;
  std::unique_ptr<Reader> reader;
  std::unique_ptr<Writer> writer;
};

std::vector<Case>& Cases() {
  static auto& cases = *new std::vector<Case>([] {
    std::vector<Case> made;
    for (const std::string_view text : kSchemas) {
      for (const bool other : {false, true}) {
        const ProtobufOptions options{.int_for_enums = other, .wrapper_for_nullables = other};
        Case one;
        one.schema = *ParseSchema(text);
        const Message& message = *one.schema->At({});
        const auto connect = *ToConnectSchema(message, 1, options);
        one.reader = *Reader::Make(message, connect, options);
        const auto own = *FromConnectSchema(*connect, options);
        one.writer = *Writer::Make(*connect, *own.message, *own.message, options);
        made.push_back(std::move(one));
      }
    }
    return made;
  }());
  return cases;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  Case& one = Cases()[data[0] % Cases().size()];
  static auto& arena = *new sluice::abi::Arena;
  arena.Reset();
  const auto value = one.reader->Read({reinterpret_cast<const char*>(data + 1), size - 1}, arena);
  if (!value.ok()) return 0;
  ByteOutput out;
  const sluice::Status written = one.writer->Write(*value, out);
  // An enum's number that has no name, and a date before Christ, have no way back.
  const bool may_fail =
      sluice::Message(written).find("is no value of the enum") != std::string::npos;
  if (!written.ok() && !may_fail) std::abort();
  return 0;
}
