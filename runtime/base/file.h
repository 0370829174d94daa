// Whole files as text: settings, tokens, secrets. Any thread.
#ifndef SLUICE_RUNTIME_BASE_FILE_H_
#define SLUICE_RUNTIME_BASE_FILE_H_

#include <cstddef>
#include <string>

#include "runtime/base/status.h"

namespace sluice {

// Blocks as long as the disk does. Errors (ConfigException) name the file: it cannot be read, or it
// is larger than `bytes_max`.
StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max = 16 << 20);

}  // namespace sluice

#endif  // SLUICE_RUNTIME_BASE_FILE_H_
