// Java properties files, as java.util.Properties.load reads them: `key=value`, `key: value` or `key
// value`, `#` and `!` comment lines, `\` at a line's end goes on in the next, \t \n \r \f \uXXXX
// escapes. The last of equal keys wins. There are no trailing comments: `all  # tolerate` is a
// value. Pure functions, any thread.
#ifndef SLUICE_RUNTIME_CONFIG_PROPERTIES_H_
#define SLUICE_RUNTIME_CONFIG_PROPERTIES_H_

#include <string>
#include <string_view>

#include "runtime/base/status.h"
#include "runtime/config/config_map.h"

namespace sluice::config {

// kLatin1 is what Java does with worker and connector files; a byte above 0x7F is one character.
// kUtf8 is what its FileConfigProvider does.
enum class PropertiesEncoding { kLatin1, kUtf8 };

// Values are UTF-8. `name` stands in errors as `name:line`: a malformed \u escape, or a half of a
// surrogate pair.
StatusOr<ConfigMap> ParseProperties(std::string_view text, std::string_view name,
                                    PropertiesEncoding encoding = PropertiesEncoding::kLatin1);

// Errors: the file cannot be read, is no file or is larger than 16 MiB; names the path and the
// reason.
StatusOr<ConfigMap> ReadProperties(const std::string& path,
                                   PropertiesEncoding encoding = PropertiesEncoding::kLatin1);

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_PROPERTIES_H_
