// The herder's answers to requests that change nothing.
#include <algorithm>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/herder/built_in_classes.h"
#include "runtime/herder/distributed_herder.h"
#include "runtime/herder/validation.h"
#include "runtime/herder/views.h"

namespace sluice::herder {
namespace {

constexpr milliseconds kHealthTimeout{15'000};  // REST's is shorter, and its text is the peer's

}  // namespace

void DistributedHerder::CheckHealth(Callback<Health> done) {
  Ask<StatusOr<Health>>(std::move(done), [this](const Callback<Health>& reply) {
    if (!ready_) return reply(Health{Health::State::kStarting, "Worker is still starting up."});
    // The herder's thread is alive; whether its broker is, too, is seen by reading from it.
    StageScope::Begin("reading to the end of the config topic");
    options_.config->Refresh(kHealthTimeout, [reply](const Status& status) {
      reply(status.ok() ? Health{Health::State::kHealthy,
                                 "Worker has completed startup and is ready to handle requests."}
                        : Health{Health::State::kUnhealthy,
                                 StrCat("Worker was unable to handle this request and may be "
                                        "unable to handle other requests. ",
                                        Message(status))});
    });
  });
}

void DistributedHerder::Connectors(Callback<std::vector<std::string>> done) {
  using Names = std::vector<std::string>;
  Ask<StatusOr<Names>>(std::move(done),
                       [this](const Callback<Names>& reply) { reply(Now()->Connectors()); });
}

void DistributedHerder::Expanded(bool status, bool info,
                                 Callback<std::map<std::string, ExpandedConnector>> done) {
  using All = std::map<std::string, ExpandedConnector>;
  Ask<StatusOr<All>>(std::move(done), [this, status, info](const Callback<All>& reply) {
    reply(Views(*Now(), *options_.status, *options_.plugins).Expanded(status, info));
  });
}

void DistributedHerder::Info(std::string name, Callback<ConnectorInfo> done) {
  Ask<StatusOr<ConnectorInfo>>(std::move(done), [this, name](const Callback<ConnectorInfo>& reply) {
    reply(Views(*Now(), *options_.status, *options_.plugins).Info(name));
  });
}

void DistributedHerder::Config(std::string name, Callback<config::ConfigMap> done) {
  Info(std::move(name), [done = std::move(done)](StatusOr<ConnectorInfo> info) {
    info.ok() ? done(std::move(info->config)) : done(info.status());
  });
}

void DistributedHerder::ConnectorState(std::string name, Callback<ConnectorStatus> done) {
  Ask<StatusOr<ConnectorStatus>>(
      std::move(done), [this, name](const Callback<ConnectorStatus>& reply) {
        reply(Views(*Now(), *options_.status, *options_.plugins).Status(name));
      });
}

void DistributedHerder::Tasks(std::string name, Callback<std::vector<TaskInfo>> done) {
  using Infos = std::vector<TaskInfo>;
  Ask<StatusOr<Infos>>(std::move(done), [this, name](const Callback<Infos>& reply) {
    reply(Views(*Now(), *options_.status, *options_.plugins).Tasks(name));
  });
}

void DistributedHerder::TaskState(std::string name, int task, Callback<PartState> done) {
  Ask<StatusOr<PartState>>(std::move(done), [this, name, task](const Callback<PartState>& reply) {
    reply(Views(*Now(), *options_.status, *options_.plugins).Task({name, task}));
  });
}

void DistributedHerder::ActiveTopics(std::string name, Callback<std::vector<std::string>> done) {
  using Names = std::vector<std::string>;
  Ask<StatusOr<Names>>(std::move(done), [this, name](const Callback<Names>& reply) {
    if (!options_.worker->topic_tracking_enable) {
      return reply(ExceptionError(absl::StatusCode::kPermissionDenied, kConnectException,
                                  "Topic tracking is disabled."));
    }
    reply(Views(*Now(), *options_.status, *options_.plugins).Topics(name));
  });
}

void DistributedHerder::Plugins(bool connectors_only, Callback<std::vector<PluginInfo>> done) {
  InPool<std::vector<PluginInfo>>(
      "list plugins",
      [plugins = options_.plugins, version = options_.version, connectors_only] {
        std::vector<PluginInfo> all;
        for (const plugin::ClassInfo& info : plugins->List()) {
          all.push_back(
              {info.name, info.kind == plugin::ClassKind::kSink ? "sink" : "source", info.version});
        }
        if (connectors_only) return all;
        std::vector<PluginInfo> built_in = BuiltInClasses(version).List();
        std::move(built_in.begin(), built_in.end(), std::back_inserter(all));
        return all;
      },
      std::move(done));
}

void DistributedHerder::PluginConfig(std::string plugin, std::string version,
                                     Callback<std::vector<config::ConfigKey>> done) {
  InPool<std::vector<config::ConfigKey>>(
      StrCat("read the keys of plugin ", plugin),
      [plugins = options_.plugins, of_worker = options_.version, plugin, version] {
        return KeysOfPlugin(plugin, version, of_worker, *plugins);
      },
      std::move(done));
}

void DistributedHerder::Validate(SubmittedConfig config, Callback<config::ConfigInfos> done) {
  StageScope::Begin("waiting for a new thread to become available for connector validation");
  InPool<config::ConfigInfos>(
      "validate a connector's configuration",
      [plugins = options_.plugins, worker = options_.worker, version = options_.version,
       config = std::move(config)] {
        return ValidateConnector(config, *worker, version, *plugins);
      },
      std::move(done));
}

}  // namespace sluice::herder
