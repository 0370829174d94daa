// Reads `sasl.jaas.config`, `<login module class> required key="value" ...;`, and JAAS files, where
// such texts stand in `name { ... };`. For client_security.cc and rest_users.cc; pure, any thread.
#ifndef SLUICE_RUNTIME_CONFIG_JAAS_H_
#define SLUICE_RUNTIME_CONFIG_JAAS_H_

#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/config/config_map.h"

namespace sluice::config {

struct JaasEntry {
  std::string login_module;  // full class name
  ConfigMap options;
};

// Exactly one entry is expected, as in Java. Errors never show the text: it holds secrets.
StatusOr<JaasEntry> ParseJaas(std::string_view text);

// The login modules of the entry `name` of a JAAS file; `file` is the file's name, for errors,
// which never show options. NotFoundError: it has no such entry.
StatusOr<std::vector<JaasEntry>> ParseJaasFile(std::string_view text, std::string_view file,
                                               std::string_view name);

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_JAAS_H_
