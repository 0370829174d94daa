// Reads `sasl.jaas.config`: `<login module class> required key="value" ...;`. For
// client_security.cc; pure, any thread.
#ifndef SLUICE_RUNTIME_CONFIG_JAAS_H_
#define SLUICE_RUNTIME_CONFIG_JAAS_H_

#include <string>
#include <string_view>

#include "runtime/base/status.h"
#include "runtime/config/config_map.h"

namespace sluice::config {

struct JaasEntry {
  std::string login_module;  // full class name
  ConfigMap options;
};

// Exactly one entry is expected, as in Java. Errors never show the text: it holds secrets.
StatusOr<JaasEntry> ParseJaas(std::string_view text);

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_JAAS_H_
