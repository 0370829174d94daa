// Java character sets by name: text in UTF-8 <-> bytes. What cannot be encoded becomes `?`, what
// cannot be decoded U+FFFD, as in Java. One per converter, on its thread.
#ifndef SLUICE_RUNTIME_CONVERT_CHARSET_H_
#define SLUICE_RUNTIME_CONVERT_CHARSET_H_

#include <memory>
#include <string>
#include <string_view>

#include "runtime/abi/arena.h"
#include "runtime/base/status.h"

namespace sluice::convert {

class Charset {
 public:
  virtual ~Charset() = default;
  // That both change nothing but what is malformed.
  virtual bool is_utf8() const { return false; }
  // Both answer their argument itself where nothing changes, else a copy in the arena.
  virtual std::string_view Encode(std::string_view text, abi::Arena& arena) = 0;
  virtual std::string_view Decode(std::string_view bytes, abi::Arena& arena) = 0;
};

// UTF-8, US-ASCII, ISO-8859-1, UTF-16, UTF-16BE, UTF-16LE by their usual names; others as iconv
// knows them. Error: no such character set.
StatusOr<std::unique_ptr<Charset>> FindCharset(std::string_view java_name);

// `text` with whatever is malformed replaced by U+FFFD; itself if nothing is.
std::string_view ValidUtf8(std::string_view text, abi::Arena& arena);

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_CHARSET_H_
