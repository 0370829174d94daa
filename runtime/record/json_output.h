// JSON as Jackson writes it, into memory that is used again for the next record: the fast way out
// for records and offsets. One thread; the text lives until Clear.
#ifndef SLUICE_RUNTIME_RECORD_JSON_OUTPUT_H_
#define SLUICE_RUNTIME_RECORD_JSON_OUTPUT_H_

#include <charconv>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "runtime/abi/sluice_plugin.h"
#include "runtime/base/status.h"
#include "runtime/base/text.h"

namespace sluice::record {

// Deeper values are refused, as by Jackson.
inline constexpr int kJsonWriteDepthMax = 1000;
Status JsonTooDeepToWrite();

class JsonOutput {
 public:
  JsonOutput() = default;
  JsonOutput(const JsonOutput&) = delete;
  JsonOutput& operator=(const JsonOutput&) = delete;

  // Starts a new text; memory is kept, up to a megabyte.
  void Clear() {
    if (capacity_ > kKeptMax) Release();
    cursor_ = begin_.get();
  }
  std::string_view view() const {
    return {begin_.get(), static_cast<size_t>(cursor_ - begin_.get())};
  }

  void Raw(std::string_view text) {
    Reserve(text.size());
    if (!text.empty()) std::memcpy(cursor_, text.data(), text.size());
    cursor_ += text.size();
  }
  void Char(char c) {
    Reserve(1);
    *cursor_++ = c;
  }
  void Null() { Raw("null"); }
  void Bool(bool truth) { Raw(truth ? "true" : "false"); }
  void Int(int64_t number) {
    Reserve(24);
    cursor_ = std::to_chars(cursor_, end_, number).ptr;
  }
  // NaN and the infinities become strings.
  void Double(double number);
  void Float(float number);
  // In quotes. Malformed UTF-8 becomes U+FFFD.
  void String(std::string_view text);
  void Base64(std::string_view bytes);

 private:
  static constexpr size_t kKeptMax = 1 << 20;

  void Reserve(size_t size) {
    if (static_cast<size_t>(end_ - cursor_) < size) Grow(size);
  }
  void Grow(size_t size);
  void Release();
  void EscapedString(std::string_view text);

  std::unique_ptr<char[]> begin_;
  char* cursor_ = nullptr;
  char* end_ = nullptr;
  size_t capacity_ = 0;
};

// A value without a schema, as JsonConverter writes it with schemas.enable=false: maps whose keys
// are not all strings become lists of pairs. DataException for what Java cannot write without a
// schema: decimals, dates, structs. `depth` is how deep `value` lies in what is written.
Status WriteSchemaless(const sluice_value& value, JsonOutput& out, int depth = 0);

}  // namespace sluice::record

#endif  // SLUICE_RUNTIME_RECORD_JSON_OUTPUT_H_
