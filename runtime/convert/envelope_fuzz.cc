// Any bytes through JsonConverter with schemas: what can be read can be written, and reads as the
// same again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "runtime/convert/converter.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluice::convert;
  static const auto converter =
      NewConverter("JsonConverter", {{"schemas.cache.size", "2"}}, Role::kValue).value();
  static BatchMemory memory;
  memory.Reset();
  const Bytes bytes{reinterpret_cast<const char*>(data), size};
  const auto value = converter->ToConnect("t", bytes, memory);
  // Another answer for a schema that is known by now would be a bug of the cache.
  if (converter->ToConnect("t", bytes, memory).ok() != value.ok()) std::abort();
  if (!value.ok()) return 0;
  const auto once = converter->FromConnect("t", value->schema, value->value, memory);
  // Null coerced from another type, or a scale that is not the schema's: Connect reads those, too.
  if (!once.ok() || once->data == nullptr) return 0;
  // Infinity is written as a text, as Connect does; of a text a number reads as zero.
  const std::string_view text(once->data, once->size);
  if (text.find("Infinity\"") != text.npos) return 0;
  const auto again = converter->ToConnect("t", *once, memory);
  if (!again.ok()) return 0;
  const auto twice = converter->FromConnect("t", again->schema, again->value, memory);
  if (!twice.ok() || std::string(once->data, once->size) != std::string(twice->data, twice->size)) {
    std::abort();
  }
  return 0;
}
