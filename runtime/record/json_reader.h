// JSON as Jackson reads it, straight into values of an arena: iteratively, so that deep input
// cannot hurt; with leading zeros (007), whatever follows the first value ignored, and of members
// with one name the last one kept. It is our own parser because RapidJSON's knows none of these.
// Memory for work is kept between calls; one thread.
//
// Strings without escapes point into the text. Limits are Jackson's: depth 1000, numbers of 1000
// digits, names of 50,000 characters, strings of 20 million.
//
// Errors carry Jackson's classes (JsonParseException, JsonEOFException,
// StreamConstraintsException), what was expected, and line and column. Unlike Jackson, malformed
// UTF-8 is refused in all its forms; half a surrogate pair, written as an escape, becomes `?`,
// which is what Java makes of it when it encodes the string.
#ifndef SLUICE_RUNTIME_RECORD_JSON_READER_H_
#define SLUICE_RUNTIME_RECORD_JSON_READER_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/abi/arena.h"
#include "runtime/base/status.h"

namespace sluice::record {

inline constexpr size_t kJsonReadDepthMax = 1000;

// Kinds that exist only in trees read with JsonNumbers::kText: a number as it was written (as.data
// and size; reserved[0] is 1 if it has a fraction or an exponent), and the value of a text with
// nothing but blanks.
inline constexpr sluice_kind kJsonNumber = 0xF0;
inline constexpr sluice_kind kJsonMissing = 0xF1;

enum class JsonNumbers : uint8_t {
  kValues,  // int64, wrapped if it is longer, and float64: what schemaless data are
  kText,    // as written, for conversion by a schema
};

class JsonReader {
 public:
  // A member of the outermost object, in the order of the text, with all repetitions.
  struct Member {
    std::string_view name;
    std::string_view text;  // of its value, without blanks before it
  };

  // The first value of `text`. Nothing but blanks: kJsonMissing, or null for kValues. In trees of
  // kValues maps have text keys, arrays and maps any values.
  StatusOr<sluice_value> Read(std::string_view text, JsonNumbers numbers, abi::Arena& arena);
  // The same for a value inside a longer text; `used` becomes the length of what was read. A number
  // may be followed by anything.
  StatusOr<sluice_value> ReadPrefix(std::string_view text, JsonNumbers numbers, abi::Arena& arena,
                                    size_t& used);
  // Those of the last Read with kText, while its text lives.
  const std::vector<Member>& root_members() const { return members_; }

 private:
  struct Frame {
    uint32_t start;  // of its values on the stack
    bool object;
  };

  void Start(std::string_view text, abi::Arena& arena);
  template <bool kText>
  bool Parse();
  template <bool kText>
  bool ParseScalar();
  template <bool kText>
  bool ParseNumber();
  template <bool kText>
  bool ParseFloat(const char* start, const char* digits, uint64_t mantissa);
  bool ParseLiteral(std::string_view literal, const sluice_value& value);
  bool ParseString(sluice_value& out);
  bool ParseEscaped(const char* start, const char* special, bool non_ascii, sluice_value& out);
  template <bool kText>
  bool ParseName();
  bool Open(bool object);
  void Close();
  bool SkipSpace();  // false: the end

  bool Fail(const char* java_class, std::string message);
  bool Unexpected(std::string_view expected);
  bool EndOfInput(std::string_view within);
  bool TooLong(std::string_view what, size_t length, size_t max, std::string_view getter);

  const char* begin_ = nullptr;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  abi::Arena* arena_ = nullptr;
  std::vector<sluice_value> stack_;
  std::vector<Frame> frames_;
  std::vector<Member> members_;
  Status error_;
};

}  // namespace sluice::record

#endif  // SLUICE_RUNTIME_RECORD_JSON_READER_H_
