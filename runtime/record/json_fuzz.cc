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
  // What is written reads back; and stays from the second time on, as in Java, where -1e-400 is
  // -0.0, and -0.0 is 0.0.
  std::string written;
  for (int round = 0; round < 2; ++round) {
    written = output.view();
    const auto again = reader.Read(written, JsonNumbers::kValues, arena);
    if (!again.ok()) std::abort();
    output.Clear();
    if (!WriteSchemaless(*again, output).ok()) std::abort();
  }
  if (output.view() != written) std::abort();
  return 0;
}
