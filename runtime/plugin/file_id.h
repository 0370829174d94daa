// Which content a shared object has, without reading it all: device, inode, size, time of last
// change in nanoseconds, and the build-id that the linker left in it. Two files of one path with
// the same id are taken to be the same.
#ifndef SLUICE_RUNTIME_PLUGIN_FILE_ID_H_
#define SLUICE_RUNTIME_PLUGIN_FILE_ID_H_

#include <string>

#include "runtime/base/status.h"

namespace sluice::plugin {

// Error: the file cannot be opened or is no regular file. A file that is no ELF has an id without a
// build-id.
StatusOr<std::string> FileId(const std::string& path);
// The same of an open file, whose position stays where it is.
StatusOr<std::string> FileIdOf(int fd, const std::string& path);

}  // namespace sluice::plugin

#endif  // SLUICE_RUNTIME_PLUGIN_FILE_ID_H_
