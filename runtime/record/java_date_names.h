// The English words in dates, for java_date_format. Immutable data, any thread.
#ifndef SLUICE_RUNTIME_RECORD_JAVA_DATE_NAMES_H_
#define SLUICE_RUNTIME_RECORD_JAVA_DATE_NAMES_H_

#include <string_view>

namespace sluice::record {

inline constexpr std::string_view kMonthNames[] = {"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
inline constexpr std::string_view kWeekdayNames[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                     "Thursday", "Friday", "Saturday"};
inline constexpr std::string_view kHalfDayNames[] = {"AM", "PM"};
inline constexpr std::string_view kEraNames[] = {"BC", "AD"};
inline constexpr std::string_view kLongEraNames[] = {"Before Christ", "Anno Domini"};

// Short names are the first three letters.
inline constexpr size_t kShortName = 3;

struct ZoneName {
  std::string_view name;
  int minutes;  // east of UTC
};
// What Java takes the abbreviations for, and some long names. None is the beginning of another.
inline constexpr ZoneName kZoneNames[] = {
    {"UTC", 0},
    {"GMT", 0},
    {"EST", -300},
    {"EDT", -240},
    {"CST", -360},
    {"CDT", -300},
    {"MST", -420},
    {"MDT", -360},
    {"PST", -480},
    {"PDT", -420},
    {"AKST", -540},
    {"AKDT", -480},
    {"HST", -600},
    {"CET", 60},
    {"CEST", 120},
    {"EET", 120},
    {"EEST", 180},
    {"WET", 0},
    {"WEST", 60},
    {"BST", 60},
    {"MSK", 180},
    {"IST", 120},
    {"PKT", 300},
    {"WIB", 420},
    {"ICT", 420},
    {"SGT", 480},
    {"HKT", 480},
    {"AWST", 480},
    {"JST", 540},
    {"KST", 540},
    {"ACST", 570},
    {"AEST", 600},
    {"AEDT", 660},
    {"NZST", 720},
    {"NZDT", 780},
    {"SAST", 120},
    {"CAT", 120},
    {"EAT", 180},
    {"WAT", 60},
    {"BRT", -180},
    {"ART", -180},
    {"CLT", -240},
    {"COT", -300},
    {"Coordinated Universal Time", 0},
    {"Greenwich Mean Time", 0},
    {"Eastern Standard Time", -300},
    {"Eastern Daylight Time", -240},
    {"Central Standard Time", -360},
    {"Central Daylight Time", -300},
    {"Mountain Standard Time", -420},
    {"Mountain Daylight Time", -360},
    {"Pacific Standard Time", -480},
    {"Pacific Daylight Time", -420},
    {"Central European Standard Time", 60},
    {"Central European Summer Time", 120},
};

}  // namespace sluice::record

#endif  // SLUICE_RUNTIME_RECORD_JAVA_DATE_NAMES_H_
