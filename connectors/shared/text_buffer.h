// Collects the pieces of a text and appends them to a string in few large steps, which is several
// times quicker than appending each. What was put is in the string after Flush; without it, as
// after an exception, some of it may be missing. One thread.
#ifndef SLUICE_CONNECTORS_SHARED_TEXT_BUFFER_H_
#define SLUICE_CONNECTORS_SHARED_TEXT_BUFFER_H_

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace sluice::shared {

class TextBuffer {
 public:
  static constexpr size_t kRoomMax = 64;

  explicit TextBuffer(std::string& out) : out_(out) {}
  TextBuffer(const TextBuffer&) = delete;
  TextBuffer& operator=(const TextBuffer&) = delete;

  void Put(char c) {
    if (at_ == buffer_ + sizeof buffer_) Flush();
    *at_++ = c;
  }
  void Put(std::string_view text) {
    if (text.empty()) return;  // its data may be null
    if (text.size() > static_cast<size_t>(buffer_ + sizeof buffer_ - at_)) {
      Flush();
      if (text.size() > sizeof buffer_) {
        out_.append(text);
        return;
      }
    }
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void Fill(size_t count, char c) {
    while (count-- > 0) Put(c);
  }
  // A place for kRoomMax characters; then SetEnd behind those that were written.
  char* Room() {
    if (buffer_ + sizeof buffer_ - at_ < static_cast<std::ptrdiff_t>(kRoomMax)) Flush();
    return at_;
  }
  void SetEnd(char* end) { at_ = end; }
  void Flush() {
    out_.append(buffer_, at_);
    at_ = buffer_;
  }

 private:
  std::string& out_;
  char* at_ = buffer_;
  char buffer_[512];
};

}  // namespace sluice::shared

#endif  // SLUICE_CONNECTORS_SHARED_TEXT_BUFFER_H_
