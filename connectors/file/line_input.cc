#include "connectors/file/line_input.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "connectors/sdk/plugin.h"

namespace sluice::file {
namespace {

[[noreturn]] void Fail(std::string_view what, const std::string& name, int error) {
  throw sdk::ConnectException("Could not ", what, " '", name, "': ", std::strerror(error),
                              " (errno ", error, ")");
}

}  // namespace

LineInput::LineInput(std::string path)
    : path_(std::move(path)), name_(path_.empty() ? "standard input" : path_) {}

LineInput::~LineInput() { Close(); }

bool LineInput::Open() {
  if (is_stdin()) {
    fd_ = STDIN_FILENO;
    stream_ = true;
    return true;
  }
  // Not blocking, so that a named pipe without a writer does not hang the task; regular files don't
  // care.
  const int fd = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return false;
    Fail("open file", name_, errno);
  }
  fd_ = fd;
  struct stat info {};
  if (::fstat(fd, &info) != 0) {
    const int error = errno;
    Close();
    Fail("look at file", name_, error);
  }
  if (S_ISDIR(info.st_mode)) {
    Close();
    Fail("read file", name_, EISDIR);
  }
  stream_ = !S_ISREG(info.st_mode);
  device_ = info.st_dev;
  inode_ = info.st_ino;
  return true;
}

void LineInput::Close() {
  if (fd_ >= 0 && !is_stdin()) ::close(fd_);
  fd_ = -1;
}

int64_t LineInput::Size() const {
  struct stat info {};
  if (::fstat(fd_, &info) != 0) Fail("look at file", name_, errno);
  return info.st_size;
}

size_t LineInput::ReadAt(int64_t position, char* to, size_t size) const {
  size_t got = 0;
  while (got < size) {
    const ssize_t n = ::pread(fd_, to + got, size - got, position + static_cast<int64_t>(got));
    if (n == 0) break;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) Fail("read file", name_, errno);
    got += static_cast<size_t>(n);
  }
  return got;
}

bool LineInput::IsReplaced() const {
  struct stat info {};
  if (::stat(path_.c_str(), &info) != 0)
    return false;  // moved away: nobody has taken its place yet
  return info.st_dev != device_ || info.st_ino != inode_;
}

LineInput::Got LineInput::ReadSome(char* to, size_t size, size_t& got) const {
  got = 0;
  const ssize_t n = ::read(fd_, to, size);
  if (n > 0) {
    got = static_cast<size_t>(n);
    return Got::kBytes;
  }
  if (n == 0) return Got::kEnd;
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return Got::kNothingYet;
  Fail("read", name_, errno);
}

bool LineInput::CanRead(std::chrono::milliseconds time) const {
  pollfd ready{fd_, POLLIN, 0};
  return ::poll(&ready, 1, static_cast<int>(time.count())) > 0;
}

}  // namespace sluice::file
