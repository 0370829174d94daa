#include "runtime/worker/rest_server.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "rest_api/basic_auth.h"
#include "rest_api/header_policy.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/config/listener_tls.h"
#include "runtime/config/listeners.h"
#include "runtime/config/rest_users.h"
#include "runtime/tls/server_context.h"
#include "runtime/worker/version.h"

namespace sluice::worker {
namespace {

using config::Listener;
using config::WorkerConfig;

StatusOr<std::shared_ptr<const tls::ServerContext>> MakeTls(const WorkerConfig& config,
                                                            std::string_view prefix) {
  std::vector<std::string> notes;
  SLUICE_ASSIGN_OR_RETURN(const tls::ServerSettings settings,
                          config::ListenerTls(config, prefix, notes));
  for (const std::string& note : notes) LogWarn("worker", "Setting without effect: ", note);
  return tls::ServerContext::Make(settings);
}

Status AddListeners(const WorkerConfig& config, const std::vector<Listener>& listeners, bool admin,
                    rest_api::ServerOptions& options) {
  std::shared_ptr<const tls::ServerContext> tls;  // one for all of them
  for (const Listener& listener : listeners) {
    if (listener.https && tls == nullptr) {
      SLUICE_ASSIGN_OR_RETURN(
          tls, MakeTls(config, admin ? "admin.listeners.https." : "listeners.https."));
    }
    options.listeners.push_back({.host = listener.host,
                                 .port = listener.port,
                                 .tls = listener.https ? tls : nullptr,
                                 .admin = admin});
  }
  return OkStatus();
}

}  // namespace

StatusOr<rest_api::ServerOptions> RestServerOptions(const WorkerConfig& config) {
  rest_api::ServerOptions options;
  options.server_header = StrCat("Sluice(", kVersion, ")");
  options.limits.body_bytes_max = config.rest_body_bytes_max;
  options.bodies_bytes_max = std::max(options.bodies_bytes_max, 2 * config.rest_body_bytes_max);
  SLUICE_ASSIGN_OR_RETURN(std::vector<config::HeaderRule> rules,
                          config::ParseHeaderRules(config.response_headers));
  SLUICE_ASSIGN_OR_RETURN(
      options.headers,
      rest_api::HeaderPolicy::Make(config.allow_origin, config.allow_methods, std::move(rules)));
  SLUICE_RETURN_IF_ERROR(AddListeners(config, config.listeners, false, options));
  if (config.admin_listeners) {
    SLUICE_RETURN_IF_ERROR(AddListeners(config, *config.admin_listeners, true, options));
  }
  return options;
}

StatusOr<std::function<bool(const rest_api::Request&)>> RestGuard(const WorkerConfig& config,
                                                                  const std::string& kafka_opts) {
  using Guard = std::function<bool(const rest_api::Request&)>;
  SLUICE_ASSIGN_OR_RETURN(const std::optional<config::RestUsers> users,
                          config::ReadRestUsers(config, kafka_opts));
  if (!users) return Guard();
  LogInfo("worker", "The REST API asks for a password; ", users->size(), " users may use it");
  auto auth = std::make_shared<const rest_api::BasicAuth>(*users);
  return Guard(
      [auth](const rest_api::Request& request) { return auth->Permits(request.authorization); });
}

Advertised AdvertisedAddress(const WorkerConfig& config, const std::vector<uint16_t>& ports,
                             const std::string& host_name) {
  const size_t listener =
      config::AdvertisedListener(config.listeners, config.advertised_scheme == "https");
  Advertised advertised;
  advertised.scheme = config.advertised_scheme;
  advertised.host = config.advertised_host.value_or("");
  if (advertised.host.empty()) advertised.host = config.listeners[listener].host;
  if (advertised.host.empty()) advertised.host = host_name;
  if (advertised.host.find(':') != std::string::npos && !advertised.host.starts_with('[')) {
    advertised.host = StrCat("[", advertised.host, "]");  // an IPv6 address, in a URL
  }
  advertised.port = config.advertised_port.value_or(listener < ports.size() ? ports[listener] : 0);
  return advertised;
}

}  // namespace sluice::worker
