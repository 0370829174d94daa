// Any bytes as a request body: parsed in each way that there is, and a configuration that was read
// is written and read again as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "rest_api/bodies.h"
#include "runtime/base/json.h"
#include "runtime/base/status.h"
#include "runtime/config/config_json.h"
#include "runtime/herder/herder.h"

namespace sluice::rest_api {
namespace {

// An error is for the client: it has a text, and a bound.
void CheckError(const Status& status) {
  if (Message(status).empty() || Message(status).size() > 100'000) std::abort();
}

void CheckRoundTrip(herder::SubmittedConfig config) {
  JsonWriter json;
  config::WriteConfigMap(json, config.values);
  const auto again = ParseConfigBody(json.Take());
  if (!again.ok() || again->values != config.values || !again->null_keys.empty()) std::abort();
  if (!CheckName("fuzz", config).ok()) return;
  if (config.values.Get("name") != "fuzz" || config.null_keys.contains("name")) std::abort();
}

}  // namespace
}  // namespace sluice::rest_api

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluice::rest_api;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  auto config = ParseConfigBody(body);
  const auto patch = ParsePatchBody(body);
  // What sets keys can also change them.
  if (config.ok() != patch.ok()) std::abort();
  config.ok() ? CheckRoundTrip(*std::move(config)) : CheckError(config.status());
  auto create = ParseCreateBody(body);
  create.ok() ? CheckRoundTrip(std::move(create->config)) : CheckError(create.status());
  return 0;
}
