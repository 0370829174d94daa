// The file, or standard output, that a FileStreamSink appends whole lines to. One thread, the
// task's.
//
// What cannot be written stays in the buffer and is written first next time; a line that was
// written in part is taken back (the file is cut behind its last whole line), so that a full disk,
// and what comes after it, leaves no torn line.
//
// A killed process may leave one nevertheless. While a file is open for appending it carries a mark
// (an extended attribute), which Close takes away. Open finds a mark without an owner only after a
// crash; then, and only then, it cuts off an unfinished last line: its record was not committed and
// comes again. Text that a user left without a newline has no mark and is kept. Several writers may
// have one file open; a shared lock tells the first and the last of them.
#ifndef SLUICE_CONNECTORS_FILE_LINE_WRITER_H_
#define SLUICE_CONNECTORS_FILE_LINE_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::file {

class LineWriter {
 public:
  // An empty path: standard output.
  explicit LineWriter(std::string path);
  ~LineWriter();  // writes what it can
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  // Throws ConnectException: `Couldn't find or create file 'F' for FileStreamSinkTask: ...`.
  // Answers how many bytes of an unfinished line were cut off.
  size_t Open();

  // Lines are added here, each with its newline.
  std::string& buffer() { return buffer_; }

  // Writes the buffer. OK, or what went wrong; the rest stays in the buffer.
  struct Result {
    bool ok = true;
    bool passing = false;  // may be better later: a full disk
    std::string text;      // names the file and the system's reason
  };
  Result Write();

  const std::string& name() const { return name_; }

 private:
  void TakeBackTornLine(size_t written);
  Result Failure(int error) const;
  size_t Repair();
  void Close();

  const std::string path_;
  const std::string name_;
  int fd_ = -1;
  bool regular_ = false;
  std::string buffer_;
};

}  // namespace sluice::file

#endif  // SLUICE_CONNECTORS_FILE_LINE_WRITER_H_
