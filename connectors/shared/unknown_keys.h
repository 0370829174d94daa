// Keys that look like a connector's own, and are not: misspelt ones, and those that another
// vendor's connector has. Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_SHARED_UNKNOWN_KEYS_H_
#define SLUICE_CONNECTORS_SHARED_UNKNOWN_KEYS_H_

#include <string_view>
#include <vector>

#include "connectors/sdk/config.h"

namespace sluice::shared {

// Reports each given key that is none of `keys`, and that begins with the first word of some of
// them or is one of them but for a letter or two: nothing would come of it. Left alone are the
// worker's keys and `others`: names, or beginnings if they end with a dot. What is one of the
// worker's but for a letter or two is reported, too, and of what begins like `others` that which is
// nearly one of `keys`.
void ReportUnknownKeys(const sdk::Config& config, const sdk::ConfigDef& keys,
                       const std::vector<std::string_view>& others, sdk::Problems& problems);

}  // namespace sluice::shared

#endif  // SLUICE_CONNECTORS_SHARED_UNKNOWN_KEYS_H_
