#include "runtime/cluster/sasl.h"

#include <utility>

#include "runtime/cluster/sasl_cyrus.h"
#include "runtime/cluster/sasl_oauth.h"
#include "runtime/config/config_map.h"
#include "runtime/config/sasl_settings.h"

namespace sluice::cluster {

StatusOr<std::shared_ptr<const SaslMechanism>> NewSaslMechanism(
    const std::map<std::string, std::string>& java) {
  config::ConfigMap settings;
  for (const auto& [key, value] : java) settings.Set(key, value);
  SLUICE_ASSIGN_OR_RETURN(config::SaslSettings sasl, config::ReadSasl(settings));
  if (sasl.tokens != nullptr) return NewOAuthMechanism(std::move(sasl.tokens));
  CyrusSettings cyrus;
  cyrus.mechanism = std::move(sasl.mechanism);
  cyrus.username = std::move(sasl.username);
  cyrus.password = std::move(sasl.password);
  if (cyrus.mechanism == "GSSAPI") cyrus.service = std::move(sasl.kerberos_service);
  return NewCyrusMechanism(std::move(cyrus));
}

}  // namespace sluice::cluster
