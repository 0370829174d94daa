// What a plugin's author tells of a class, so that it can be tried out: README.md lists the
// members. A profile file is a JSON object of such objects, by class name or alias.
#ifndef TESTS_CONFORMANCE_PROFILE_H_
#define TESTS_CONFORMANCE_PROFILE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/status.h"

namespace sluice::conformance {

struct Profile {
  using Settings = std::vector<std::pair<std::string, std::string>>;
  Settings config;
  std::vector<std::string> required;  // keys that this configuration cannot do without
  Settings refused;                   // key, and a value that it must not have
  // Shell commands.
  std::string prepare, service, read, outage, mend;
  std::optional<int64_t> records;  // sources: how many there are; nothing: no end
  bool repeats = false;            // sources: an offset may lie before its record
  bool exactly_once = false;       // sinks
  std::string key, value;          // sinks: a record, as JSON with ${n}
  std::vector<std::string> bad;    // sinks: values that must be refused
  int64_t memory_mb = 8;
  int64_t deadline_s = 60;  // of a check
};

// By the names that the file has. Error: what is wrong, and where.
StatusOr<std::map<std::string, Profile>> ReadProfiles(const std::string& file);

// `text` with each ${name} replaced by what `find` answers. Error: it answers nothing.
StatusOr<std::string> Expand(
    std::string_view text, const std::function<std::optional<std::string>(std::string_view)>& find);

// A record's JSON with its number: "${n}" as a whole string becomes a number.
std::string WithNumber(std::string_view json, int64_t number);

}  // namespace sluice::conformance

#endif  // TESTS_CONFORMANCE_PROFILE_H_
