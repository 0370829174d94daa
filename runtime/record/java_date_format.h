// java.text.SimpleDateFormat in UTC, as transforms' settings write its patterns:
// yyyy-MM-dd'T'HH:mm:ss.SSSXXX. Compiled once; then formats and parses without allocating. Texts
// are English; weeks begin on Sunday, and the first one of a year holds January 1st (Java's answers
// where the locale has no country, or is en_US). Immutable after Compile, any thread.
//
// A table of letters rather than ICU: ICU's patterns mean other things (u, Y with e, the width of y
// and S, leniency), and it would bring 30 MB of data for twelve months and seven days.
#ifndef SLUICE_RUNTIME_RECORD_JAVA_DATE_FORMAT_H_
#define SLUICE_RUNTIME_RECORD_JAVA_DATE_FORMAT_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"

namespace sluice::record {

class JavaDateFormat {
 public:
  // Letters: G y Y M L w W D d F E u a H k K h m s S z Z X, and text in quotes. Error:
  // IllegalArgumentException, `Illegal pattern character 'q'`, `Unterminated quote`, `invalid ISO
  // 8601 format: length=4`. Years of two digits are read as those from 80 years before `now_millis`
  // to 20 after it.
  static StatusOr<JavaDateFormat> Compile(std::string_view pattern, int64_t now_millis);

  const std::string& pattern() const { return pattern_; }
  void Append(std::string& out, int64_t millis) const;
  // Leniently: a prefix of the text has to match, fields may be out of range (month 13), numbers as
  // wide as they are unless another number follows at once. Nothing: it does not match. Of zones'
  // names those in zone_names of the .cc are known; a text without zone is UTC.
  std::optional<int64_t> Parse(std::string_view text) const;

 private:
  // A run of one letter, or text between letters.
  struct Part {
    char letter = 0;  // 0: text
    uint32_t count = 0;
    bool followed_by_number = false;  // read no more than `count` characters
    std::string text = {};
  };
  // What of a pattern's fields tells the day, when there are several: the last one written, mostly.
  enum class DayRule : uint8_t {
    kDayOfMonth,
    kWeekOfMonth,
    kWeekdayInMonth,
    kDayOfYear,
    kWeekOfYear,
    kWeekYear
  };
  struct Fields;  // what a text says

  explicit JavaDateFormat(std::string_view pattern) : pattern_(pattern) {}
  void AddText(std::string_view text);
  void Resolve();

  bool ParsePart(const Part& part, std::string_view text, size_t& at, Fields& fields) const;
  bool ParseNumber(const Part& part, std::string_view text, size_t start, size_t& at,
                   Fields& fields) const;
  void SetNumber(const Part& part, int value, bool two_digits, Fields& fields) const;
  int64_t DayOf(const Fields& fields) const;
  int64_t MillisOf(const Fields& fields) const;

  std::string pattern_;
  std::vector<Part> parts_;
  std::array<int, 128> places_{};  // of a letter's last run among the parts, from 1; 0: none
  DayRule day_rule_ = DayRule::kDayOfMonth;
  bool weekday_counts_ = false;
  bool half_days_ = false;  // the hour is of 12
  int64_t century_start_millis_ = 0;
  int century_start_year_ = 0;
};

}  // namespace sluice::record

#endif  // SLUICE_RUNTIME_RECORD_JAVA_DATE_FORMAT_H_
