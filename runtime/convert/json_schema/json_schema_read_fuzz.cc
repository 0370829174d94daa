// Payloads from anywhere, of some schemas that have all there is: reading and validating end, and
// what was read can be written, and is the same when it is read again.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "runtime/abi/arena.h"
#include "runtime/abi/schema.h"
#include "runtime/base/status.h"
#include "runtime/convert/json_schema/schema.h"
#include "runtime/convert/json_schema/to_connect.h"
#include "runtime/convert/json_schema/validator.h"
#include "runtime/convert/json_schema/value_reader.h"
#include "runtime/convert/json_schema/value_writer.h"
#include "runtime/record/json_output.h"
#include "runtime/record/json_reader.h"

using namespace sluice::convert::json_schema;  // NOLINT

namespace {

constexpr std::string_view kSchemas[] = {
    R"({"type":"object","properties":{"i":{"type":"integer","connect.type":"int8"},)"
    R"("l":{"type":"integer"},"f":{"type":"number","connect.type":"float32"},"d":{"type":"number"},)"
    R"("b":{"type":"boolean"},"s":{"type":"string","minLength":1,"pattern":"^(a|b)*$"},)"
    R"("y":{"type":"string","connect.type":"bytes"},"e":{"enum":["A","B",null,1]},)"
    R"("t":{"type":"integer","title":"org.apache.kafka.connect.data.Time","connect.type":"int32"},)"
    R"("a":{"type":"array","uniqueItems":true,"items":{"oneOf":[{"type":"null"},{"type":"string"}]}},)"
    R"("m":{"type":"object","connect.type":"map","additionalProperties":{"type":"integer"}}},)"
    R"("additionalProperties":false,"required":["i"]})",
    R"({"type":"object","title":"N","properties":{"v":{"type":"integer"},"c":{"type":"array",)"
    R"("items":{"$ref":"#"}},"n":{"oneOf":[{"type":"null"},{"$ref":"#"}]}}})",
    R"({"oneOf":[{"type":"string"},{"type":"integer"},{"type":"array","items":{"type":"number"}},)"
    R"({"type":"object","properties":{"a":{"type":"object","properties":{"b":{"type":"string"}}}}},)"
    R"({"type":"object","properties":{"c":{"type":"integer","default":5}}}]})",
    R"({"type":"array","connect.type":"map","items":{"type":"object","properties":{"key":)"
    R"({"type":"number"},"value":{"type":"string","title":)"
    R"("org.apache.kafka.connect.data.Decimal","connect.type":"bytes","connect.parameters":)"
    R"({"scale":"2"}}}}})",
    R"({"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":)"
    R"({"x":{"type":"number","multipleOf":0.01,"exclusiveMaximum":1e30}},"not":{"required":["z"]},)"
    R"("if":{"minProperties":2},"then":{"propertyNames":{"pattern":"^x"}}})",
    R"({"type":"string","format":"date-time"})",
};

struct Case {
  std::shared_ptr<const Document> document;
  ConnectSchema connect;
};

std::vector<Case>& Cases() {
  static auto& cases = *new std::vector<Case>([] {
    std::vector<Case> made;
    for (const std::string_view text : kSchemas) {
      Case one{*Document::Parse(text, {}), {}};
      one.connect = *ToConnectSchema(*one.document, 1, {});
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
  static auto& reader = *new sluice::record::JsonReader;
  arena.Reset();
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto node = reader.Read(text, sluice::record::JsonNumbers::kText, arena);
  if (!node.ok()) return 0;
  (void)Validate(*one.document, *node);
  const ReadOptions options{.ends = &one.connect.ends};
  const auto value = ReadValue(*one.connect.schema, *node, options, arena);
  if (!value.ok()) return 0;
  sluice::record::JsonOutput out, again;
  // A decimal may have come with another scale than its schema's, as a number.
  if (!WriteValue(*one.connect.schema, *value, {.numeric_decimals = true}, out).ok()) std::abort();
  const auto second = reader.Read(out.view(), sluice::record::JsonNumbers::kText, arena);
  if (!second.ok()) {  // only that a decimal has more digits than a reader takes: Jackson's, too
    if (sluice::Message(second.status()).find("Number value length") != std::string::npos) return 0;
    std::abort();
  }
  const auto same = ReadValue(*one.connect.schema, *second, options, arena);
  // What was left out though it is required cannot be told from null in arrays.
  if (!same.ok()) return 0;
  if (!WriteValue(*one.connect.schema, *same, {.numeric_decimals = true}, again).ok()) std::abort();
  return 0;
}
