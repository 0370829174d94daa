// The file, or standard input, that a FileStreamSource reads: what it is now (missing, grown, cut
// short, replaced by another of its name), and its bytes. One thread, the task's. Errors are
// ConnectException and name the file.
#ifndef SLUICE_CONNECTORS_FILE_LINE_INPUT_H_
#define SLUICE_CONNECTORS_FILE_LINE_INPUT_H_

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace sluice::file {

class LineInput {
 public:
  // An empty path: standard input.
  explicit LineInput(std::string path);
  ~LineInput();
  LineInput(const LineInput&) = delete;
  LineInput& operator=(const LineInput&) = delete;

  // False: there is no such file (yet).
  bool Open();
  void Close();
  bool is_open() const { return fd_ >= 0; }
  bool is_stdin() const { return path_.empty(); }
  // A stream (standard input, a named pipe) is read in order and has no size; a regular file is
  // read at positions.
  bool is_stream() const { return stream_; }
  const std::string& name() const { return name_; }  // for messages

  // Of a regular file.
  int64_t Size() const;
  size_t ReadAt(int64_t position, char* to, size_t size) const;  // less than `size` only at the end
  // Whether the path names another file by now.
  bool IsReplaced() const;

  // Of a stream.
  enum class Got { kBytes, kNothingYet, kEnd };  // kEnd of a named pipe: nobody writes just now
  Got ReadSome(char* to, size_t size, size_t& got) const;
  // Whether ReadSome would not block; waits for that, at most `time`.
  bool CanRead(std::chrono::milliseconds time) const;

 private:
  const std::string path_;
  const std::string name_;
  int fd_ = -1;
  bool stream_ = false;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace sluice::file

#endif  // SLUICE_CONNECTORS_FILE_LINE_INPUT_H_
