// libFuzzer: any bytes as Avro data of some schemas; the first byte chooses which.
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include "runtime/abi/arena.h"
#include "runtime/convert/avro/reader.h"
#include "runtime/convert/avro/schema.h"
#include "runtime/convert/avro/to_connect.h"
#include "runtime/convert/avro/writer.h"

using namespace sluice::convert;        // NOLINT
using namespace sluice::convert::avro;  // NOLINT

namespace {

constexpr std::string_view kSchemas[][2] = {
    {R"({"type":"record","name":"R","fields":[{"name":"i","type":"int"},{"name":"l","type":"long"},)"
     R"({"name":"f","type":"float"},{"name":"d","type":"double"},{"name":"b","type":"boolean"},)"
     R"({"name":"s","type":"string"},{"name":"y","type":"bytes"},)"
     R"({"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"]}},)"
     R"({"name":"x","type":{"type":"fixed","name":"F","size":2}},)"
     R"({"name":"a","type":{"type":"array","items":["null","string"]}},)"
     R"({"name":"m","type":{"type":"map","values":{"type":"array","items":"int"}}}]})",
     ""},
    {R"({"type":"record","name":"N","fields":[{"name":"v","type":"int"},)"
     R"({"name":"c","type":{"type":"array","items":"N"}},{"name":"n","type":["null","N"]}]})",
     R"({"type":"record","name":"N","fields":[{"name":"v","type":"long"}]})"},
    {R"({"type":"record","name":"N","fields":[{"name":"c","type":{"type":"array","items":"N"}},)"
     R"({"name":"n","type":["null","N",{"type":"map","values":"N"}]}]})",
     ""},
    {R"({"type":"array","items":{"type":"record","name":"MapEntry","namespace":)"
     R"("io.confluent.connect.avro","fields":[{"name":"key","type":"string"},)"
     R"({"name":"value","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}}]}})",
     ""},
    {R"({"type":"record","name":"Z","fields":[{"name":"z","type":{"type":"array","items":)"
     R"({"type":"record","name":"Y","fields":[]}}},{"name":"t","type":)"
     R"({"type":"int","logicalType":"time-millis"}}]})",
     R"({"type":"record","name":"Z","fields":[{"name":"t","type":["null","string","long"]}]})"},
    {"\"bytes\"", "\"string\""},
};

struct Case {
  std::shared_ptr<const Document> writer, reader;
  std::unique_ptr<Reader> codec;
  std::unique_ptr<Writer> back;  // if the two schemas are one
};

std::vector<Case>& Cases() {
  static auto& cases = *new std::vector<Case>([] {
    std::vector<Case> made;
    for (const auto& [writer, reader] : kSchemas) {
      Case one;
      one.writer = *ParseSchema(writer);
      one.reader = reader.empty() ? one.writer : *ParseSchema(reader);
      const auto connect = *ToConnectSchema(*one.reader->root(), 1, {});
      one.codec = *Reader::Make(*one.writer->root(), *one.reader->root(), connect, {});
      if (reader.empty()) one.back = *Writer::Make(connect.get(), *one.reader->root(), {});
      made.push_back(std::move(one));
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
  const auto value = one.codec->Read({reinterpret_cast<const char*>(data + 1), size - 1}, arena);
  if (!value.ok() || one.back == nullptr) return 0;
  ByteOutput out;
  if (!one.back->Write(*value, out).ok()) std::abort();  // what was read can be written
  return 0;
}
