#include "connectors/object_store_sink/local_store.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "connectors/object_store_sink/store_error.h"
#include "connectors/sdk/text.h"

namespace sluice::object_store_sink {
namespace {

[[noreturn]] void Fail(std::string_view call, const std::string& path, int error) {
  const bool passing = error == ENOSPC || error == EDQUOT || error == EIO || error == EMFILE ||
                       error == ENFILE || error == ESTALE || error == EINTR;
  throw StoreError(passing ? StoreErrorKind::kTransient : StoreErrorKind::kFatal,
                   sdk::Cat(call, " ", path, ": ", std::strerror(error)));
}

void SyncFolder(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) Fail("Opening", folder, errno);
  const int done = ::fsync(fd);
  const int error = errno;
  ::close(fd);
  if (done != 0 && error != EINVAL) Fail("Syncing", folder, error);
}

class LocalUpload : public Upload {
 public:
  LocalUpload(std::string path, std::string draft, size_t block)
      : path_(std::move(path)), draft_(std::move(draft)), block_(block) {}
  ~LocalUpload() override {
    if (fd_ < 0) return;
    ::close(fd_);
    if (!finished_) ::unlink(draft_.c_str());
  }

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
    if (::fsync(fd_) != 0) Fail("Syncing", draft_, errno);
    if (options.only_if_absent) {
      if (::link(draft_.c_str(), path_.c_str()) != 0) {
        if (errno == EEXIST) {
          throw StoreError(StoreErrorKind::kExists, sdk::Cat(path_, " is there already"));
        }
        Fail("Naming", path_, errno);
      }
      ::unlink(draft_.c_str());
    } else if (::rename(draft_.c_str(), path_.c_str()) != 0) {
      Fail("Naming", path_, errno);
    }
    finished_ = true;
    SyncFolder(path_.substr(0, path_.rfind('/')));
  }

 private:
  void WriteOn() {
    if (fd_ < 0) Open();
    size_t done = 0;
    while (done < buffer_.size()) {
      const ssize_t size = ::write(fd_, buffer_.data() + done, buffer_.size() - done);
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) {
        const int error = errno;
        buffer_.erase(0, done);
        Fail("Writing", draft_, error);
      }
      done += static_cast<size_t>(size);
    }
    buffer_.clear();
  }

  void Open() {
    const std::string folder = path_.substr(0, path_.rfind('/'));
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) Fail("Making", folder, error.value());
    fd_ = ::open(draft_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd_ < 0) Fail("Making", draft_, errno);
  }

  const std::string path_, draft_;
  const size_t block_;
  int fd_ = -1;
  bool finished_ = false;
};

}  // namespace

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
  std::string draft = sdk::Cat(path.substr(0, slash), "/.draft-", ::getpid(), "-", ++count_, "-",
                               path.substr(slash + 1));
  return std::make_unique<LocalUpload>(std::move(path), std::move(draft), block_);
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
  char names[4096], value[256];
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
