// The URLs of schema.registry.url. Pure functions.
#ifndef SLUICE_RUNTIME_SCHEMA_REGISTRY_URL_H_
#define SLUICE_RUNTIME_SCHEMA_REGISTRY_URL_H_

#include <string_view>

#include "runtime/base/status.h"
#include "runtime/http/url.h"

namespace sluice::schema_registry {

// http://host:8081/path or https://...; also host:8081, which is http. The target has no / at its
// end, so that a request's path can follow; it may be "". Errors (ConfigException) name the key.
StatusOr<http::Url> ParseUrl(std::string_view text);

}  // namespace sluice::schema_registry

#endif  // SLUICE_RUNTIME_SCHEMA_REGISTRY_URL_H_
