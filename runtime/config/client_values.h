// From the effective settings of a client under Java's names to librdkafka's properties. For
// client_config.cc.
#ifndef SLUICE_RUNTIME_CONFIG_CLIENT_VALUES_H_
#define SLUICE_RUNTIME_CONFIG_CLIENT_VALUES_H_

#include <set>
#include <string>

#include "runtime/base/status.h"
#include "runtime/config/client_config.h"
#include "runtime/config/config_map.h"

namespace sluice::config {

// What a client is to be: every value has been checked against its type and validator.
struct ClientSettings {
  ClientRole role = ClientRole::kProducer;
  ConfigMap java;  // effective, known keys only
  std::set<std::string, std::less<>>
      from_user;  // set by worker or connector, not by Connect's defaults
  ClientBudget budget;
};

// Each writes what it is responsible for into `out.rdkafka` and the other members. Errors: settings
// that contradict each other, or that librdkafka cannot do; ConfigException, in Java's words where
// Java refuses the same.
Status ConvertCommon(const ClientSettings& settings, ClientProperties& out);
Status ConvertProducer(const ClientSettings& settings, ClientProperties& out);
Status ConvertConsumer(const ClientSettings& settings, ClientProperties& out);
Status ConvertSecurity(const ClientSettings& settings,
                       ClientProperties& out);  // client_security.cc

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_CLIENT_VALUES_H_
