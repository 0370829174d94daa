#include "runtime/plugin/probe_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/evp.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include "runtime/abi/sluice_plugin.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"

namespace sluice::plugin {
namespace {

// Grows when what is cached, or what is checked before, changes.
constexpr uint32_t kFormat = 100 * SLUICE_ABI_MAJOR + SLUICE_ABI_MINOR;
constexpr size_t kEntryMax = 16u << 20;

}  // namespace

std::string HashName(std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr);
  char hex[33];
  for (int i = 0; i < 16; ++i) std::snprintf(hex + 2 * i, 3, "%02x", digest[i]);
  return hex;
}

bool MakePrivateFolder(const std::string& dir) {
  for (size_t slash = dir.find('/', 1); slash != std::string::npos;
       slash = dir.find('/', slash + 1)) {
    mkdir(dir.substr(0, slash).c_str(), 0700);
  }
  mkdir(dir.c_str(), 0700);
  return access(dir.c_str(), W_OK | X_OK) == 0;
}

bool WriteFileAtomically(const std::string& path, std::string_view bytes) {
  std::string temporary = path + ".XXXXXX";
  const int fd = mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return false;
  bool ok = true;
  while (ok && !bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    ok = written > 0;
    if (ok) bytes.remove_prefix(static_cast<size_t>(written));
  }
  ok = close(fd) == 0 && ok;
  ok = ok && std::rename(temporary.c_str(), path.c_str()) == 0;
  if (!ok) unlink(temporary.c_str());
  return ok;
}

ProbeCache::ProbeCache(const std::string& dir) : dir_(dir.empty() ? "" : dir + "/probes") {
  if (!dir_.empty() && !MakePrivateFolder(dir_)) {
    LogWarn("plugin", "Cannot write to ", dir_, ": ", std::strerror(errno),
            ". Every start will probe every plugin again");
    dir_.clear();
  }
}

std::string ProbeCache::PathOf(const std::string& file) const {
  return StrCat(dir_, "/", HashName(file), ".pb");
}

std::optional<proto::ProbeAnswer> ProbeCache::Find(const std::string& file,
                                                   const std::string& file_id) const {
  if (dir_.empty()) return std::nullopt;
  std::ifstream in(PathOf(file), std::ios::binary | std::ios::ate);
  if (!in || in.tellg() > static_cast<std::streamoff>(kEntryMax)) return std::nullopt;
  in.seekg(0);
  proto::CachedProbe entry;
  if (!entry.ParseFromIstream(&in)) return std::nullopt;
  if (entry.format() != kFormat || entry.file() != file || entry.file_id() != file_id) {
    return std::nullopt;
  }
  return entry.answer();
}

void ProbeCache::Put(const std::string& file, const std::string& file_id,
                     const proto::ProbeAnswer& answer) {
  if (dir_.empty()) return;
  proto::CachedProbe entry;
  entry.set_format(kFormat);
  entry.set_file(file);
  entry.set_file_id(file_id);
  *entry.mutable_answer() = answer;
  if (!WriteFileAtomically(PathOf(file), entry.SerializeAsString())) {
    LogWarn("plugin", "Cannot keep what the probe of ", file, " answered in ", dir_, ": ",
            std::strerror(errno));
  }
}

}  // namespace sluice::plugin
