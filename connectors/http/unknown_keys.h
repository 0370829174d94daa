// Keys that are named like a connector's own, and are not. Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_HTTP_UNKNOWN_KEYS_H_
#define SLUICE_CONNECTORS_HTTP_UNKNOWN_KEYS_H_

#include "connectors/sdk/config.h"

namespace sluice::http {

// Reports each given key whose first word is that of some of `keys`, and which is none of them:
// nothing would come of it. Keys that the worker has with such a word are left alone.
void ReportUnknownKeys(const sdk::Config& config, const sdk::ConfigDef& keys,
                       sdk::Problems& problems);

}  // namespace sluice::http

#endif  // SLUICE_CONNECTORS_HTTP_UNKNOWN_KEYS_H_
