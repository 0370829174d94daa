// The connector's keys, mostly those of Confluent's HTTP source, and what they come to. Keys() is
// the one place that knows names, defaults and texts; the table in CONFIG.md is made of it. Pure
// functions but for stores, which are read; any thread.
#ifndef SLUICE_CONNECTORS_HTTP_SOURCE_SOURCE_CONFIG_H_
#define SLUICE_CONNECTORS_HTTP_SOURCE_SOURCE_CONFIG_H_

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connectors/http/authorization.h"
#include "connectors/http/client_options.h"
#include "connectors/http/retry_options.h"
#include "connectors/http/template.h"
#include "connectors/http/url.h"
#include "connectors/sdk/config.h"

namespace sluice::http_source {

// How the next request is made of the last answer; see paging.h.
enum class OffsetMode : uint8_t {
  kSimpleIncrementing,  // ${offset}: how many records there were so far
  kPageNumber,          // ${offset}: the number of a page
  kChaining,            // ${offset}: a field of the last record
  kCursor,              // ${offset}: a field of the last answer
  kNextLink,            // the URL is a field of the last answer, or its header Link
  kSnapshot,            // as kCursor, and from the beginning each time
};
enum class RecordFormat : uint8_t { kJson, kString };

struct SourceConfig {
  http::Template url;
  std::string origin;
  std::string method = "GET";
  http::Template parameters, body;
  std::vector<std::pair<std::string, http::Template>> headers;
  http::Template topic;
  std::vector<std::string> entities;  // one, "", where none are named

  OffsetMode mode = OffsetMode::kSimpleIncrementing;
  std::string initial_offset;
  std::string data_pointer, offset_pointer, next_pointer, key_pointer;
  int64_t page_size = 0;  // 0: not known
  RecordFormat format = RecordFormat::kJson;

  std::chrono::milliseconds interval{15'000};
  http::RetryOptions retries;
  http::ClientOptions client;
  http::AuthorizationOptions authorization;
};

sdk::ConfigDef Keys();
// Throws ConfigException for what cannot work.
SourceConfig ReadConfig(const sdk::Config& config);
// What validate says across keys.
void ValidateConfig(const sdk::Config& config, sdk::Problems& problems);

}  // namespace sluice::http_source

#endif  // SLUICE_CONNECTORS_HTTP_SOURCE_SOURCE_CONFIG_H_
