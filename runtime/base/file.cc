#include "runtime/base/file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>

#include "runtime/base/text.h"

namespace sluice {

StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max) {
  const auto failed = [&](std::string_view why) {
    return ConfigError(StrCat("Could not read ", path, ": ", why));
  };
  std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "re"), &std::fclose);
  if (file == nullptr) return failed(std::strerror(errno));
  std::string text;
  char buffer[16384];
  while (true) {
    errno = 0;
    const size_t count = std::fread(buffer, 1, sizeof buffer, file.get());
    text.append(buffer, count);
    if (text.size() > bytes_max) return failed(StrCat("it is larger than ", bytes_max, " bytes"));
    if (count < sizeof buffer) break;
  }
  if (std::ferror(file.get())) return failed(std::strerror(errno));
  return text;
}

}  // namespace sluice
