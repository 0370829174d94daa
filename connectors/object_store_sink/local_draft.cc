#include "connectors/object_store_sink/local_draft.h"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <memory>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace sluice::object_store_sink {
namespace {

constexpr size_t kFoldersMax = 1000;
constexpr int kTriesMax = 10;
constexpr long kZfs = 0x2FC12FC1;  // which <linux/magic.h> does not have

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

// On what is not known here a lock is not believed.
bool IsOfThisMachine(int fd) {
  struct statfs info;
  if (::fstatfs(fd, &info) != 0) return false;
  const long type = static_cast<long>(info.f_type);
  static constexpr long kKnown[] = {EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC,    kZfs,
                                    F2FS_SUPER_MAGIC, TMPFS_MAGIC,     OVERLAYFS_SUPER_MAGIC};
  return std::find(std::begin(kKnown), std::end(kKnown), type) != std::end(kKnown);
}

// .draft-1-2-3, as LocalStore names them; not a user's own .draft-report.
bool IsDraft(std::string_view name) {
  constexpr std::string_view kBegin = ".draft-";
  if (!name.starts_with(kBegin)) return false;
  name.remove_prefix(kBegin.size());
  return std::count(name.begin(), name.end(), '-') == 2 && name.front() != '-' &&
         name.back() != '-' && name.find("--") == std::string_view::npos &&
         name.find_first_not_of("0123456789-") == std::string_view::npos;
}

void RemoveIfDead(int folder, const char* name) {
  const int fd = ::openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return;
  // Whoever makes a draft looks, once he has its lock, whether it is still there.
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) ::unlinkat(folder, name, 0);
  ::close(fd);
}

}  // namespace

int OpenDraft(const std::string& path) {
  for (int i = 0; i < kTriesMax; ++i) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return -1;
    // A file system without locks has none that others could believe.
    const bool taken = ::flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    struct stat info;
    if (!taken && (::fstat(fd, &info) != 0 || info.st_nlink > 0)) return fd;
    ::close(fd);  // somebody takes it for a dead one's, as it was not locked yet
  }
  errno = EINTR;  // it may be tried again
  return -1;
}

void DeadDrafts::RemoveFrom(const std::string& folder) {
  if (seen_.size() >= kFoldersMax) seen_.clear();
  if (!seen_.insert(folder).second) return;
  const std::unique_ptr<DIR, CloseFolder> open(::opendir(folder.c_str()));
  if (open == nullptr || !IsOfThisMachine(::dirfd(open.get()))) return;
  while (const dirent* entry = ::readdir(open.get())) {
    if (IsDraft(entry->d_name)) RemoveIfDead(::dirfd(open.get()), entry->d_name);
  }
}

}  // namespace sluice::object_store_sink
