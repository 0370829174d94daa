// Numbers of JSON as they are written, compared exactly while they have up to 36 digits, and as
// doubles beyond. Plain values, any thread.
#ifndef SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_JSON_NUMBER_H_
#define SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_JSON_NUMBER_H_

#include <cstdint>
#include <string_view>

namespace sluice::convert::json_schema {

class JsonNumber {
 public:
  explicit JsonNumber(std::string_view text);  // well-formed JSON

  // -1, 0 or 1.
  static int Compare(const JsonNumber& a, const JsonNumber& b);
  // Whether `this` is a multiple of `of`, which is not 0.
  bool IsMultipleOf(const JsonNumber& of) const;
  double approximate() const { return approximate_; }

 private:
  __extension__ using Wide = __int128;
  // Both over the larger scale; false: that takes too many digits.
  static bool Align(const JsonNumber& a, const JsonNumber& b, Wide& left, Wide& right);

  bool exact_ = true;
  Wide unscaled_ = 0;  // the number is unscaled / 10^scale
  int64_t scale_ = 0;
  double approximate_ = 0;
};

}  // namespace sluice::convert::json_schema

#endif  // SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_JSON_NUMBER_H_
