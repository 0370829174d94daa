// The escapes of a JSON string. For json_reader. Pure, any thread.
#ifndef SLUICE_RUNTIME_RECORD_JSON_UNESCAPE_H_
#define SLUICE_RUNTIME_RECORD_JSON_UNESCAPE_H_

#include <cstddef>
#include <string_view>

namespace sluice::record {

struct JsonUnescaped {
  size_t size;      // of what was written
  const char* bad;  // what follows the backslash of a bad escape, or nullptr
};

// `raw` is what stands between the quotes, every backslash with something behind it. Writes at most
// raw.size() bytes of UTF-8 to `out`. Surrogates are paired; half a pair becomes `?`.
JsonUnescaped UnescapeJson(std::string_view raw, char* out);

}  // namespace sluice::record

#endif  // SLUICE_RUNTIME_RECORD_JSON_UNESCAPE_H_
