#include "connectors/object_store_sink/local_store.h"

#include <cerrno>
#include <cstring>
#include <optional>
#include <random>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "connectors/object_store_sink/store_error.h"
#include "connectors/sdk/text.h"

namespace sluice::object_store_sink {
namespace {

StoreErrorKind KindOf(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EIO:
    case EMFILE:
    case ENFILE:
    case EINTR:
      return StoreErrorKind::kTransient;
    case ESTALE:  // the file is another by now
      return StoreErrorKind::kGone;
    default:
      return StoreErrorKind::kFatal;
  }
}

[[noreturn]] void Fail(std::string_view call, const std::string& path, int error,
                       std::optional<StoreErrorKind> kind = std::nullopt) {
  throw StoreError(kind.value_or(KindOf(error)),
                   sdk::Cat(call, " ", path, ": ", std::strerror(error)));
}

void SyncFolder(const LocalStore::Sync& sync, const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) Fail("Opening", folder, errno);
  const int done = sync(fd);
  const int error = errno;
  ::close(fd);
  if (done != 0 && error != EINVAL) Fail("Syncing", folder, error, StoreErrorKind::kGone);
}

// With all above it, each of which is on the disk before it is used.
void MakeFolder(const LocalStore::Sync& sync, const std::string& folder) {
  if (::access(folder.c_str(), F_OK) == 0) return;
  const std::string above = folder.substr(0, folder.rfind('/'));
  if (!above.empty()) MakeFolder(sync, above);
  if (::mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) Fail("Making", folder, errno);
  try {
    SyncFolder(sync, above.empty() ? "/" : above);
  } catch (const StoreError&) {
    ::rmdir(folder.c_str());  // so that it is made, and synced, once more
    throw;
  }
}

class LocalUpload : public Upload {
 public:
  LocalUpload(std::string path, std::string draft, size_t block, const LocalStore::Sync& sync,
              DeadDrafts& dead_drafts)
      : path_(std::move(path)),
        draft_(std::move(draft)),
        block_(block),
        sync_(sync),
        dead_drafts_(dead_drafts) {}
  ~LocalUpload() override { Discard(); }

  void Send() override {
    if (buffer_.size() > block_) WriteOn();
  }

  void Finish(const FinishOptions& options) override {
    if (finished_) return;
    WriteOn();
    for (const auto& [key, value] : options.metadata) {
      // Where the file system has no such attributes the file is good without.
      static_cast<void>(::fsetxattr(fd_, ("user." + key).c_str(), value.data(), value.size(), 0));
    }
    if (sync_(fd_) != 0) Lose("Syncing", errno);
    Name(options.only_if_absent);
    Close();
    try {
      SyncFolder(sync_, path_.substr(0, path_.rfind('/')));
    } catch (const StoreError& error) {
      // The name may be lost, and the draft is gone. We must not find the file and take it for
      // good.
      if (options.only_if_absent) ::unlink(path_.c_str());
      lost_ = true;
      throw StoreError(StoreErrorKind::kGone, error.what());
    }
    finished_ = true;
  }

 private:
  void Name(bool only_if_absent) {
    if (only_if_absent) {
      if (::link(draft_.c_str(), path_.c_str()) != 0) {
        if (errno == EEXIST) {
          throw StoreError(StoreErrorKind::kExists, sdk::Cat(path_, " is there already"));
        }
        if (IsLost(errno)) Lose("Naming", errno);
        Fail("Naming", path_, errno);
      }
      ::unlink(draft_.c_str());
    } else if (::rename(draft_.c_str(), path_.c_str()) != 0) {
      if (IsLost(errno)) Lose("Naming", errno);
      Fail("Naming", path_, errno);
    }
  }
  // ENOENT: somebody removed the draft, as an older worker's or a cleaner's job may.
  static bool IsLost(int error) {
    return error == ENOENT || KindOf(error) == StoreErrorKind::kGone;
  }

  void WriteOn() {
    if (lost_) throw StoreError(StoreErrorKind::kGone, sdk::Cat(draft_, " was given up"));
    if (fd_ < 0) Open();
    size_t done = 0;
    while (done < buffer_.size()) {
      const ssize_t size = ::write(fd_, buffer_.data() + done, buffer_.size() - done);
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) {
        const int error = errno;
        // EIO may be about what was written before.
        if (error == EIO || error == ESTALE) Lose("Writing", error);
        buffer_.erase(0, done);
        Fail("Writing", draft_, error);
      }
      done += static_cast<size_t>(size);
    }
    Drop(done);
  }

  [[noreturn]] void Lose(std::string_view call, int error) {
    Discard();
    lost_ = true;
    Fail(call, draft_, error, StoreErrorKind::kGone);
  }

  void Discard() {
    if (fd_ < 0) return;
    Close();
    ::unlink(draft_.c_str());
  }

  void Close() { ::close(std::exchange(fd_, -1)); }

  void Open() {
    const std::string folder = path_.substr(0, path_.rfind('/'));
    MakeFolder(sync_, folder);
    dead_drafts_.RemoveFrom(folder);
    fd_ = OpenDraft(draft_);
    if (fd_ < 0) Fail("Making", draft_, errno);
  }

  const std::string path_, draft_;
  const size_t block_;
  const LocalStore::Sync& sync_;
  DeadDrafts& dead_drafts_;
  int fd_ = -1;
  bool finished_ = false;
  bool lost_ = false;
};

}  // namespace

LocalStore::LocalStore(std::string folder, std::string bucket, size_t block, Sync sync)
    : folder_(std::move(folder)),
      root_(folder_ + "/" + bucket),
      block_(block),
      sync_(sync != nullptr ? std::move(sync) : Sync(&::fsync)),
      mark_(sdk::Cat(std::random_device()(), "-", std::random_device()())) {}

void LocalStore::Check() {
  struct stat info;
  if (::stat(folder_.c_str(), &info) != 0) Fail("Looking for", folder_, errno);
  if (!S_ISDIR(info.st_mode)) Fail("Looking into", folder_, ENOTDIR);
  if (::mkdir(root_.c_str(), 0755) != 0 && errno != EEXIST) Fail("Making", root_, errno);
  if (::access(root_.c_str(), W_OK | X_OK) != 0) Fail("Writing into", root_, errno);
}

std::unique_ptr<Upload> LocalStore::Begin(const std::string& name) {
  std::string path = root_ + "/" + name;
  // Begins with a dot, so that readers of the folder pass over it.
  const size_t slash = path.rfind('/');
  std::string draft = sdk::Cat(path.substr(0, slash), "/.draft-", mark_, "-", ++count_);
  return std::make_unique<LocalUpload>(std::move(path), std::move(draft), block_, sync_,
                                       dead_drafts_);
}

std::optional<ObjectInfo> LocalStore::Look(const std::string& name) {
  const std::string path = root_ + "/" + name;
  struct stat info;
  if (::stat(path.c_str(), &info) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    Fail("Looking for", path, errno);
  }
  ObjectInfo out;
  out.size = static_cast<uint64_t>(info.st_size);
  char names[4096], value[1024];
  const ssize_t size = ::listxattr(path.c_str(), names, sizeof names);
  for (ssize_t at = 0; at < size; at += static_cast<ssize_t>(std::strlen(names + at)) + 1) {
    const std::string_view key = names + at;
    const ssize_t got = ::getxattr(path.c_str(), names + at, value, sizeof value);
    if (got >= 0 && key.starts_with("user.")) {
      out.metadata.emplace_back(key.substr(5), std::string(value, static_cast<size_t>(got)));
    }
  }
  return out;
}

}  // namespace sluice::object_store_sink
