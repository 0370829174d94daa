// The unscaled value of a decimal in digits, with a minus before them: what BigInteger.toString
// gives. Up to 8 bytes, which nearly all have, take no memory; the time that more of them take
// grows with their square. Any thread.
#ifndef SLUICE_CONNECTORS_SHARED_DECIMAL_DIGITS_H_
#define SLUICE_CONNECTORS_SHARED_DECIMAL_DIGITS_H_

#include <string>
#include <string_view>

#include "connectors/sdk/value.h"

namespace sluice::shared {

class DecimalDigits {
 public:
  explicit DecimalDigits(const sluice_decimal& decimal);
  DecimalDigits(const DecimalDigits&) = delete;
  DecimalDigits& operator=(const DecimalDigits&) = delete;

  bool negative() const { return text_.front() == '-'; }
  std::string_view text() const { return text_; }                               // -1290
  std::string_view digits() const { return text_.substr(negative() ? 1 : 0); }  // 1290

 private:
  char small_[24];
  std::string big_;
  std::string_view text_;
};

}  // namespace sluice::shared

#endif  // SLUICE_CONNECTORS_SHARED_DECIMAL_DIGITS_H_
