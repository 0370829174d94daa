// The connector's keys, Aiven's, Confluent's and a few of its own, and what they come to. Keys() is
// the one place that knows names, defaults and texts; the table in CONFIG.md is made of it. Pure
// functions but for stores, which are read; any thread.
#ifndef SLUICE_CONNECTORS_HTTP_SINK_SINK_CONFIG_H_
#define SLUICE_CONNECTORS_HTTP_SINK_SINK_CONFIG_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connectors/http/authorization.h"
#include "connectors/http/client_options.h"
#include "connectors/http/retry_options.h"
#include "connectors/http/template.h"
#include "connectors/sdk/config.h"
#include "connectors/shared/json_text.h"

namespace sluice::http_sink {

enum class NullBehavior : uint8_t { kIgnore, kLog, kDelete, kFail };
enum class ErrorBehavior : uint8_t { kFail, kLog, kIgnore };

struct Batching {
  bool enabled = false;  // else a body is one record's
  size_t records = 1, bytes = 1 << 20;
  std::string prefix, separator, suffix;
  http::Template key;  // records of another key begin another batch
};

struct SinkConfig {
  http::Template url;
  std::string origin;  // scheme, host and port, for texts; "" where they are not known before
  std::string method = "POST";
  std::vector<std::pair<std::string, http::Template>> headers;
  bool as_json = false;  // a string is written with quotes, too
  http::Template body;   // empty: the value
  shared::DecimalText decimals = shared::DecimalText::kBase64;
  std::vector<std::pair<std::string, std::string>> regexes;  // pattern, replacement
  NullBehavior on_null = NullBehavior::kFail;
  bool null_fails = false;  // kFail was given: behavior.on.error does not change it
  ErrorBehavior on_error = ErrorBehavior::kFail;
  Batching batching;
  http::RetryOptions retries;
  bool idempotency_key = false;
  bool tolerant = false;       // errors.tolerance=all: records may be rejected one by one
  http::ClientOptions client;  // connections: max.in.flight.requests
  http::AuthorizationOptions authorization;
  std::vector<std::string> ignored;  // keys that were given and mean nothing here
};

sdk::ConfigDef Keys();
// Whether it is a variable of a record. Throws std::invalid_argument: it is, but has no such path
// or form.
bool IsVariable(const http::Template::Variable& variable);
// Throws ConfigException for what cannot work.
SinkConfig ReadConfig(const sdk::Config& config);
// What validate says across keys.
void ValidateConfig(const sdk::Config& config, sdk::Problems& problems);

}  // namespace sluice::http_sink

#endif  // SLUICE_CONNECTORS_HTTP_SINK_SINK_CONFIG_H_
