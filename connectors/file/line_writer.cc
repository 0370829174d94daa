#include "connectors/file/line_writer.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "connectors/sdk/plugin.h"

namespace sluice::file {
namespace {

constexpr char kMark[] = "user.sluice.appending";
constexpr size_t kBackwards = 64 * 1024;
constexpr int kFullPipeWaitMs = 1000;
constexpr size_t kBufferKept = 4 << 20;

// Reasons that may go away by themselves.
bool IsPassing(int error) {
  return error == ENOSPC || error == EDQUOT || error == EAGAIN || error == ENOBUFS ||
         error == ENOMEM;
}

bool ReadAt(int fd, int64_t position, char* to, size_t size) {
  while (size > 0) {
    const ssize_t n = ::pread(fd, to, size, position);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    to += n;
    position += n;
    size -= static_cast<size_t>(n);
  }
  return true;
}

// Where the last whole line ends: behind the last newline, or 0.
int64_t EndOfLastLine(int fd, int64_t size) {
  std::string block;
  while (size > 0) {
    block.resize(static_cast<size_t>(std::min<int64_t>(size, kBackwards)));
    const int64_t start = size - static_cast<int64_t>(block.size());
    if (!ReadAt(fd, start, block.data(), block.size())) return -1;
    const size_t newline = block.rfind('\n');
    if (newline != std::string::npos) return start + static_cast<int64_t>(newline) + 1;
    size = start;
  }
  return 0;
}

}  // namespace

LineWriter::LineWriter(std::string path)
    : path_(std::move(path)), name_(path_.empty() ? "standard output" : path_) {}

LineWriter::~LineWriter() {
  if (fd_ >= 0) Close();
}

size_t LineWriter::Open() {
  if (path_.empty()) {
    fd_ = STDOUT_FILENO;
    return 0;
  }
  // Readable too, where that is allowed: the end of the file is looked at.
  fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd_ < 0 && errno == EACCES)
    fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd_ < 0) {
    const int error = errno;
    throw sdk::ConnectException("Couldn't find or create file '", path_,
                                "' for FileStreamSinkTask: ", std::strerror(error), " (errno ",
                                error, ")");
  }
  struct stat info {};
  regular_ = ::fstat(fd_, &info) == 0 && S_ISREG(info.st_mode);
  return regular_ ? Repair() : 0;
}

// Alone with the file: look at its end, and mark it as ours.
size_t LineWriter::Repair() {
  size_t cut = 0;
  if (::flock(fd_, LOCK_EX | LOCK_NB) == 0) {
    struct stat info {};
    char last = '\n';
    if (::fstat(fd_, &info) == 0 && info.st_size > 0 && ReadAt(fd_, info.st_size - 1, &last, 1) &&
        last != '\n' && ::fgetxattr(fd_, kMark, nullptr, 0) >= 0) {
      const int64_t end = EndOfLastLine(fd_, info.st_size);
      if (end >= 0 && ::ftruncate(fd_, end) == 0) cut = static_cast<size_t>(info.st_size - end);
    }
    (void)::fsetxattr(fd_, kMark, "1", 1, 0);  // a file system without them: no mark, no cutting
  }
  (void)::flock(fd_, LOCK_SH | LOCK_NB);
  return cut;
}

LineWriter::Result LineWriter::Failure(int error) const {
  Result result;
  result.ok = false;
  result.passing = IsPassing(error);
  result.text = sdk::Cat("Could not write to file '", name_, "': ", std::strerror(error),
                         " (errno ", error, "); ", buffer_.size(), " bytes wait to be written");
  return result;
}

LineWriter::Result LineWriter::Write() {
  size_t written = 0;
  while (written < buffer_.size()) {
    const ssize_t n = ::write(fd_, buffer_.data() + written, buffer_.size() - written);
    if (n > 0) {
      written += static_cast<size_t>(n);
      continue;
    }
    const int error = n == 0 ? ENOSPC : errno;
    if (error == EINTR) continue;
    if (error == EAGAIN) {
      pollfd ready{fd_, POLLOUT, 0};
      if (::poll(&ready, 1, kFullPipeWaitMs) > 0) continue;
    }
    TakeBackTornLine(written);
    return Failure(error);
  }
  buffer_.clear();
  if (buffer_.capacity() > kBufferKept) buffer_.shrink_to_fit();
  return {};
}

// `written` bytes of the buffer are in the file, and the last line among them perhaps only in part.
// If nobody else has written since, cut that part off and keep the line; else its rest follows when
// there is room.
void LineWriter::TakeBackTornLine(size_t written) {
  const size_t whole = written == 0 ? 0 : buffer_.rfind('\n', written - 1) + 1;  // npos + 1 is 0
  const size_t torn = written - whole;
  struct stat info {};
  if (torn > 0 && regular_ && ::fstat(fd_, &info) == 0) {
    std::string end(torn, '\0');
    const int64_t start = info.st_size - static_cast<int64_t>(torn);
    const bool ours =
        start >= 0 && ReadAt(fd_, start, end.data(), torn) && end == buffer_.substr(whole, torn);
    if (ours && ::ftruncate(fd_, start) == 0) written = whole;
  }
  buffer_.erase(0, written);
}

void LineWriter::Close() {
  (void)Write();
  if (path_.empty()) return;
  // The last one out, with nothing torn behind it, takes the mark away.
  if (regular_ && buffer_.empty() && ::flock(fd_, LOCK_EX | LOCK_NB) == 0)
    (void)::fremovexattr(fd_, kMark);
  ::close(fd_);
  fd_ = -1;
}

}  // namespace sluice::file
