// Any bytes as a properties file, in both encodings: no crash; what was read is UTF-8, and reads as
// the same again when it is written with every character escaped.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "runtime/base/text.h"
#include "runtime/config/properties.h"

namespace {

using namespace sluice;
using namespace sluice::config;

// Every byte stands for itself: those that mean something get a backslash.
std::string Escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\f':
        out += "\\f";
        break;
      case ' ':
      case '=':
      case ':':
      case '#':
      case '!':
      case '\\':
        out += '\\';
        [[fallthrough]];
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto encoding : {PropertiesEncoding::kLatin1, PropertiesEncoding::kUtf8}) {
    const auto read = ParseProperties(text, "fuzz", encoding);
    if (!read.ok()) continue;
    std::string written;
    for (const auto& [key, value] : *read) {
      for (const std::string& part : {key, value}) {
        if (FindInvalidUtf8(part) != std::string_view::npos) std::abort();
      }
      written += Escaped(key) + "=" + Escaped(value) + "\n";
    }
    const auto again = ParseProperties(written, "fuzz", PropertiesEncoding::kUtf8);
    if (!again.ok() || !(*again == *read)) std::abort();
  }
  return 0;
}
