// A pattern of SimpleDateFormat, a zero byte, and a text that it may read: a time that was read can
// be written.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/record/java_date_format.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t end = input.find('\0');
  if (end == std::string_view::npos) return 0;
  const auto format =
      sluice::record::JavaDateFormat::Compile(input.substr(0, end), 1'763'838'311'111);
  if (!format.ok()) return 0;
  std::string written;
  if (const auto millis = format->Parse(input.substr(end + 1))) format->Append(written, *millis);
  return 0;
}
