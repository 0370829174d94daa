// Cuts a block of text into lines, without copying: \n, \r\n and a lone \r end a line. A \r at the
// very end of the block does not yet: it may be half of a \r\n. One thread; borrows the block.
#ifndef SLUICE_CONNECTORS_FILE_LINE_SPLITTER_H_
#define SLUICE_CONNECTORS_FILE_LINE_SPLITTER_H_

#include <cstddef>
#include <cstring>
#include <optional>
#include <string_view>

namespace sluice::file {

class LineSplitter {
 public:
  explicit LineSplitter(std::string_view block)
      : start_(block.data()),
        next_(start_),
        end_(start_ + block.size()),
        newline_(start_),
        return_(start_) {
    newline_ = Find('\n');
    return_ = Find('\r');
  }

  // The next line without its end; nothing when what is left is no whole line.
  std::optional<std::string_view> Next() {
    if (newline_ < next_) newline_ = Find('\n');
    if (return_ < next_) return_ = Find('\r');
    const char* line = next_;
    if (return_ < newline_) {
      if (return_ + 1 == end_) return std::nullopt;
      next_ = return_ + (return_[1] == '\n' ? 2 : 1);
      return std::string_view(line, static_cast<size_t>(return_ - line));
    }
    if (newline_ == end_) return std::nullopt;
    next_ = newline_ + 1;
    return std::string_view(line, static_cast<size_t>(newline_ - line));
  }
  // How many bytes the lines so far and their ends took.
  size_t consumed() const { return static_cast<size_t>(next_ - start_); }
  // What is left, if nothing will ever follow it: a last line without its end. Nothing if nothing
  // is left.
  std::optional<std::string_view> Rest() {
    if (next_ == end_) return std::nullopt;
    std::string_view rest(next_, static_cast<size_t>(end_ - next_));
    next_ = end_;
    if (rest.back() == '\r') rest.remove_suffix(1);
    return rest;
  }

 private:
  const char* Find(char c) const {
    const void* found =
        next_ == end_ ? nullptr : std::memchr(next_, c, static_cast<size_t>(end_ - next_));
    return found == nullptr ? end_ : static_cast<const char*>(found);
  }

  const char* const start_;
  const char* next_;
  const char* const end_;
  const char* newline_;  // the first at or after next_ (once Next has looked), else end_
  const char* return_;
};

}  // namespace sluice::file

#endif  // SLUICE_CONNECTORS_FILE_LINE_SPLITTER_H_
