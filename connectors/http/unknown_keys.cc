#include "connectors/http/unknown_keys.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace sluice::http {
namespace {

std::string_view FirstWord(std::string_view key) { return key.substr(0, key.find('.')); }

bool IsTheWorkers(std::string_view key) {
  for (std::string_view begins : {"header.converter", "topic.creation.", "topics", "task."}) {
    if (key.starts_with(begins)) return true;
  }
  return false;
}

}  // namespace

void ReportUnknownKeys(const sdk::Config& config, const sdk::ConfigDef& keys,
                       sdk::Problems& problems) {
  for (const auto& [given, value] : config.given()) {
    if (IsTheWorkers(given)) continue;
    std::string alike;
    bool known = false;
    for (const sdk::ConfigKey& key : keys) {
      known = known || key.name() == given;
      if (FirstWord(key.name()) == FirstWord(given)) {
        alike += sdk::Cat(alike.empty() ? "" : ", ", key.name());
      }
    }
    if (!known && !alike.empty()) {
      problems.Add(given, "This connector has no such key; what begins like it: ", alike);
    }
  }
}

}  // namespace sluice::http
