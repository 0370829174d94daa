// Which requests are tried again, how often and when: the keys that say so, which sink and source
// share. Plain values, any thread.
#ifndef SLUICE_CONNECTORS_HTTP_RETRY_OPTIONS_H_
#define SLUICE_CONNECTORS_HTTP_RETRY_OPTIONS_H_

#include "connectors/http/message.h"
#include "connectors/http/retry.h"
#include "connectors/sdk/config.h"

namespace sluice::http {

struct RetryOptions {
  int max_retries = 10;  // -1: without end
  Backoff backoff;
  StatusSet statuses;  // that may pass

  // Whether another try may do better. Nobody's answer always may; what is impossible never.
  bool MayPass(const Outcome& outcome) const {
    return outcome.answered() ? statuses.contains(outcome.status)
                              : outcome.result != Result::kImpossible;
  }
  // Whether the task has to give up after so many failures of a request.
  bool UsedUp(int64_t failures) const { return max_retries >= 0 && failures > max_retries; }
};

// Adds the keys to `keys`.
void AddRetryKeys(sdk::ConfigDef& keys);
// Throws ConfigException, which names the key.
RetryOptions ReadRetryOptions(const sdk::Config& config);
// A key whose value is a set of status codes. Throws ConfigException, which names it.
StatusSet ReadStatusSet(const sdk::Config& config, std::string_view key);

}  // namespace sluice::http

#endif  // SLUICE_CONNECTORS_HTTP_RETRY_OPTIONS_H_
