// path.format: Joda's pattern letters, as 'year'=YYYY/'month'=MM/'day'=dd/'hour'=HH. Compiled once;
// then formatting allocates nothing but the text. Texts are English. Immutable, any thread.
//
//   G era  C century  Y y year  x w weekyear, its week (ISO)  e E weekday as a number, a text
//   D day of the year  M month  d day  a half of the day  K h k H hours  m s S minute, second, part
//   z Z zone; text in quotes, '' for a quote
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_TIME_PATTERN_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_TIME_PATTERN_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/shared/time_zone.h"

namespace sluice::object_store_sink {

class TimePattern {
 public:
  // Throws ConfigException, by the key `key`.
  static TimePattern Compile(std::string_view key, std::string_view pattern);

  // `local_ms`: what the zone's clock shows, as if it were UTC.
  void Append(std::string& out, int64_t local_ms, const shared::TimeZone& zone) const;
  // Whether it writes names of days, months, halves or eras, which have a language.
  bool has_names() const;

 private:
  struct Part {
    char letter;  // 0: text
    size_t count;
    std::string text;
  };
  std::vector<Part> parts_;
};

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_TIME_PATTERN_H_
