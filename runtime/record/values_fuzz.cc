// Any text as SimpleHeaderConverter and InsertHeader read it: what is read has a text, which can be
// read again; reading twice says the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "runtime/record/batch_memory.h"
#include "runtime/record/values.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluice::record;
  static BatchMemory memory;
  memory.Reset();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = ParseValueText(text, memory);
  if (!value.ok()) return 0;
  std::string written;
  AppendValueText(written, value->value);
  const auto same = ParseValueText(text, memory);
  if (!same.ok()) std::abort();
  std::string again;
  AppendValueText(again, same->value);
  if (written != again || !ParseValueText(written, memory).ok()) std::abort();
  return 0;
}
