// Any bytes as JSON: read in both ways, and what was read can be written and read again as the
// same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "runtime/record/json_output.h"
#include "runtime/record/json_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluice::record;
  static JsonReader reader;
  static JsonOutput output;
  static sluice::abi::Arena arena;
  arena.Reset();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const bool readable = reader.Read(text, JsonNumbers::kText, arena).ok();
  const auto value = reader.Read(text, JsonNumbers::kValues, arena);
  if (readable != value.ok()) std::abort();
  if (!value.ok()) return 0;
  output.Clear();
  if (!WriteSchemaless(*value, output).ok()) return 0;
  const std::string once(output.view());
  const auto again = reader.Read(once, JsonNumbers::kValues, arena);
  if (!again.ok()) std::abort();
  output.Clear();
  if (!WriteSchemaless(*again, output).ok() || output.view() != once) std::abort();
  return 0;
}
