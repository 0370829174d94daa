// The offsets file of a standalone worker: a java.util.HashMap<byte[], byte[]> as Java's object
// serialisation writes it (Java Object Serialization Specification, protocol version 2), so that
// either worker takes over the other's file. Pure functions, any thread.
#ifndef SLUICE_RUNTIME_STORAGE_JAVA_MAP_FILE_H_
#define SLUICE_RUNTIME_STORAGE_JAVA_MAP_FILE_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/status.h"

namespace sluice::storage {

// Keys and values as bytes; a value may be null.
using JavaMap = std::map<std::string, std::optional<std::string>>;

std::string EncodeJavaMap(const JavaMap& map);
// DataException that names the position, and what was expected there.
StatusOr<JavaMap> DecodeJavaMap(std::string_view bytes);

}  // namespace sluice::storage

#endif  // SLUICE_RUNTIME_STORAGE_JAVA_MAP_FILE_H_
