#include "runtime/plugin/file_id.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "runtime/base/text.h"

namespace sluice::plugin {
namespace {

constexpr size_t kNotesMax = 64 * 1024;
constexpr size_t kSegmentsMax = 256;

bool ReadAt(int fd, void* place, size_t size, uint64_t offset) {
  return pread(fd, place, size, static_cast<off_t>(offset)) == static_cast<ssize_t>(size);
}

std::string Hex(const char* bytes, size_t size) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (size_t i = 0; i < size; ++i) {
    out += kDigits[static_cast<unsigned char>(bytes[i]) >> 4];
    out += kDigits[static_cast<unsigned char>(bytes[i]) & 15];
  }
  return out;
}

// The build-id among a segment's notes, or "".
std::string BuildIdIn(const std::vector<char>& notes) {
  size_t at = 0;
  while (at + sizeof(Elf64_Nhdr) <= notes.size()) {
    Elf64_Nhdr header;
    std::memcpy(&header, notes.data() + at, sizeof header);
    at += sizeof header;
    const size_t name_size = (size_t{header.n_namesz} + 3) & ~size_t{3};
    const size_t text_size = (size_t{header.n_descsz} + 3) & ~size_t{3};
    if (name_size > notes.size() - at || text_size > notes.size() - at - name_size) return "";
    if (header.n_type == NT_GNU_BUILD_ID && header.n_namesz == 4 &&
        std::memcmp(notes.data() + at, "GNU", 4) == 0) {
      return Hex(notes.data() + at + name_size, header.n_descsz);
    }
    at += name_size + text_size;
  }
  return "";
}

std::string BuildId(int fd) {
  Elf64_Ehdr header;
  if (!ReadAt(fd, &header, sizeof header, 0) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
      header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_phentsize != sizeof(Elf64_Phdr)) {
    return "";
  }
  std::vector<Elf64_Phdr> segments(std::min<size_t>(header.e_phnum, kSegmentsMax));
  if (!ReadAt(fd, segments.data(), segments.size() * sizeof(Elf64_Phdr), header.e_phoff)) return "";
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type != PT_NOTE || segment.p_filesz > kNotesMax) continue;
    std::vector<char> notes(segment.p_filesz);
    if (!ReadAt(fd, notes.data(), notes.size(), segment.p_offset)) continue;
    if (std::string id = BuildIdIn(notes); !id.empty()) return id;
  }
  return "";
}

}  // namespace

StatusOr<std::string> FileIdOf(int fd, const std::string& path) {
  struct stat info;
  if (fstat(fd, &info) != 0) {
    return ConnectError(StrCat("Cannot look at ", path, ": ", std::strerror(errno)));
  }
  if (!S_ISREG(info.st_mode)) return ConnectError(StrCat(path, " is no regular file"));
  return StrCat(static_cast<uint64_t>(info.st_dev), ":", static_cast<uint64_t>(info.st_ino), ":",
                static_cast<uint64_t>(info.st_size), ":", static_cast<int64_t>(info.st_mtim.tv_sec),
                ".", static_cast<int64_t>(info.st_mtim.tv_nsec), ":", BuildId(fd));
}

StatusOr<std::string> FileId(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return ConnectError(StrCat("Cannot open ", path, ": ", std::strerror(errno)));
  StatusOr<std::string> id = FileIdOf(fd, path);
  close(fd);
  return id;
}

}  // namespace sluice::plugin
