// What a request's outcome means for its records. One place decides it. Pure functions.
#ifndef SLUICE_CONNECTORS_HTTP_SINK_VERDICT_H_
#define SLUICE_CONNECTORS_HTTP_SINK_VERDICT_H_

#include <string_view>

#include "connectors/http/message.h"
#include "connectors/http_sink/sink_config.h"

namespace sluice::http_sink {

enum class Verdict : uint8_t {
  kDone,      // 2xx; what is to be deleted is not there (404, 410)
  kRetry,     // may pass: nobody answers, too slow, retry.on.status.codes
  kGiveUp,    // may pass, too (408, 425, 429, 5xx), but retry.on.status.codes leaves it out
  kTooLarge,  // 413: several records may fit one by one; one is a bad record
  kRecord,    // the server refuses what it was sent: any other 4xx
  kHost,      // the record names a host that there cannot be
  kFail,  // it would refuse all records alike: passwords (401, 403, 407), the form of what is sent
          // (406, 415), a URL that is not there (404, 405, 410, where all records go to one URL), a
          // redirect, no trust
};

inline Verdict VerdictOf(const http::Outcome& outcome, const SinkConfig& config,
                         std::string_view method) {
  const int status = outcome.status;
  if (outcome.ok()) return Verdict::kDone;
  if (method == "DELETE" && (status == 404 || status == 410)) return Verdict::kDone;
  if (config.retries.MayPass(outcome)) return Verdict::kRetry;
  if (!outcome.answered()) {
    return outcome.no_such_host && config.origin.empty() ? Verdict::kHost : Verdict::kFail;
  }
  for (int all_alike : {401, 403, 406, 407, 415}) {
    if (status == all_alike) return Verdict::kFail;
  }
  if ((status == 404 || status == 405 || status == 410) && config.url.fixed())
    return Verdict::kFail;
  if (status == 413) return Verdict::kTooLarge;
  if (status == 408 || status == 425 || status == 429 || status >= 500) return Verdict::kGiveUp;
  return status >= 400 ? Verdict::kRecord : Verdict::kFail;
}

}  // namespace sluice::http_sink

#endif  // SLUICE_CONNECTORS_HTTP_SINK_VERDICT_H_
