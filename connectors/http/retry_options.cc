#include "connectors/http/retry_options.h"

#include <algorithm>
#include <stdexcept>

namespace sluice::http {

using sdk::ConfigKey;
using sdk::ConfigType;

void AddRetryKeys(sdk::ConfigDef& keys) {
  const char* group = "Retries";
  int order = 0;
  keys.push_back(ConfigKey("max.retries", ConfigType::kInt)
                     .Default("10")
                     .AtLeast(-1)
                     .Medium()
                     .Group(group, ++order)
                     .Doc("How often a request is tried again before the task fails; -1: without "
                          "end. An answer 429 with Retry-After is not counted."));
  keys.push_back(ConfigKey("retry.backoff.ms", ConfigType::kInt)
                     .Default("3000")
                     .AtLeast(0)
                     .Medium()
                     .Group(group, ++order)
                     .Doc("Time before the second try; doubled each time, less a random half."));
  keys.push_back(ConfigKey("retry.backoff.max.ms", ConfigType::kInt)
                     .Default("60000")
                     .AtLeast(0)
                     .Low()
                     .Group(group, ++order)
                     .Doc("The most that it is doubled to."));
  keys.push_back(
      ConfigKey("retry.after.max.ms", ConfigType::kInt)
          .Default("300000")
          .AtLeast(0)
          .Low()
          .Group(group, ++order)
          .Doc("The most that a server may ask for by Retry-After; 0: it is not asked."));
  keys.push_back(ConfigKey("retry.on.status.codes")
                     .Default("408,425,429,500-")
                     .Low()
                     .Group(group, ++order)
                     .Doc("Answers that are tried again: codes and ranges of them, "
                          "`429,500-503,505-`."));
}

RetryOptions ReadRetryOptions(const sdk::Config& config) {
  const auto time = [&](std::string_view key) { return sdk::milliseconds(config.GetInt(key)); };
  RetryOptions options;
  options.max_retries = config.GetInt("max.retries");
  options.backoff.first = time("retry.backoff.ms");
  options.backoff.most = std::max(options.backoff.first, time("retry.backoff.max.ms"));
  options.backoff.most_asked_for = time("retry.after.max.ms");
  options.statuses = ReadStatusSet(config, "retry.on.status.codes");
  return options;
}

StatusSet ReadStatusSet(const sdk::Config& config, std::string_view key) {
  try {
    return StatusSet::Parse(config.GetString(key));
  } catch (const std::invalid_argument& bad) {
    throw sdk::ConfigException::Invalid(key, config.GetString(key), bad.what());
  }
}

}  // namespace sluice::http
