// PLAIN, SCRAM and GSSAPI by Cyrus libsasl2, whose mechanisms are plug-ins of their own packages.
// For sasl.cc.
#ifndef SLUICE_RUNTIME_CLUSTER_SASL_CYRUS_H_
#define SLUICE_RUNTIME_CLUSTER_SASL_CYRUS_H_

#include <memory>
#include <string>

#include "runtime/base/status.h"
#include "runtime/cluster/sasl.h"

namespace sluice::cluster {

struct CyrusSettings {
  std::string mechanism;
  std::string service = "kafka";  // Kerberos' name of the broker's service
  std::string username, password;
};

// Error (ConfigException): libsasl2 has no such mechanism.
StatusOr<std::shared_ptr<const SaslMechanism>> NewCyrusMechanism(CyrusSettings settings);

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_SASL_CYRUS_H_
