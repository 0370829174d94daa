// JSON schemas from anywhere: whatever the text is, parsing, mapping and comparing end; and what
// the Connect schema is in JSON Schema is a schema again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "runtime/convert/json_schema/compatibility.h"
#include "runtime/convert/json_schema/from_connect.h"
#include "runtime/convert/json_schema/schema.h"
#include "runtime/convert/json_schema/to_connect.h"

using namespace sluice::convert::json_schema;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Options options{.generalized_sum_types = size % 2 == 0};
  const auto document = Document::Parse(text, {{"other", std::string(text)}}, size % 3 == 0);
  if (!document.ok()) return 0;
  (void)WhyNotReadable(**document, **document);
  const auto connect = ToConnectSchema(**document, 1, options);
  if (!connect.ok()) return 0;
  const auto back = FromConnectSchema(*connect->schema, options);
  if (!back.ok()) return 0;
  if (!Document::Parse(*back, {}).ok()) std::abort();
  return 0;
}
