// The herder's requests that change the config topic or the statuses.
#include <utility>

#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/config/config_json.h"
#include "runtime/config/connector_check.h"
#include "runtime/herder/distributed_herder.h"
#include "runtime/herder/views.h"

namespace sluice::herder {
namespace {

using storage::TargetState;

constexpr size_t kOperationsMax = 100;  // of one connector, that wait for each other

Status NoConnector(const std::string& name) {
  return NotFoundError(StrCat("Connector ", name, " not found"));
}
Status UnknownConnector(const std::string& name) {
  return NotFoundError(StrCat("Unknown connector ", name));
}

std::optional<TargetState> InitialState(const std::optional<std::string>& name) {
  if (!name) return std::nullopt;
  return *name == "PAUSED"    ? TargetState::kPaused
         : *name == "STOPPED" ? TargetState::kStopped
                              : TargetState::kStarted;
}

void WarnOfUnknownKeys(const std::string& connector, const config::ConfigInfos& infos) {
  const std::vector<std::string> keys = config::UnknownKeys(infos);
  if (keys.empty()) return;
  LogWarn("herder", "Connector ", connector, ": nothing that is configured defines ",
          StrJoin(keys, ", "),
          ": no effect, unless the connector reads keys that it does not define");
}

}  // namespace

std::function<void()> DistributedHerder::BeginStage(std::string description) {
  StageScope::Begin(description);
  loop_.SetStage(std::move(description));
  return [this, stage = StageScope::Current()] {
    loop_.EndStage();
    if (stage != nullptr) stage->End();
  };
}

Status DistributedHerder::Serially(const std::string& name, Operation operation) {
  std::deque<Operation>& queue = operations_[name];
  if (queue.size() >= kOperationsMax) {
    return ExceptionError(absl::StatusCode::kResourceExhausted, kConnectException,
                          StrCat("Connector ", name, " has ", kOperationsMax,
                                 " changes that wait for each other, which is the limit; try again "
                                 "when some of them are done"));
  }
  queue.push_back([operation = std::move(operation),
                   stage = StageScope::Current()](std::function<void()> finish) {
    const StageScope scope(stage);
    operation(std::move(finish));
  });
  if (queue.size() == 1) NextOperation(name);
  return OkStatus();
}

void DistributedHerder::NextOperation(const std::string& name) {
  const Operation operation = operations_[name].front();
  operation([this, name] {
    loop_.Post([this, name] {
      std::deque<Operation>& queue = operations_[name];
      queue.pop_front();
      queue.empty() ? void(operations_.erase(name)) : NextOperation(name);
    });
  });
}

// Validates in the pool, then goes on here.
void DistributedHerder::Checked(SubmittedConfig config, std::function<void(Status)> then) {
  const std::string name(config.values.Get("name"));
  Validate(std::move(config), [this, name, then = std::move(then),
                               stage = StageScope::Current()](StatusOr<config::ConfigInfos> infos) {
    const Status status =
        infos.ok() ? config::InvalidConfigError(*infos) : std::move(infos).status();
    if (status.ok()) WarnOfUnknownKeys(name, *infos);
    const bool posted = loop_.Post([then, status, stage] {
      const StageScope scope(stage);
      then(status);
    });
    if (!posted) then(ConnectError("Worker is shutting down"));
  });
}

void DistributedHerder::Create(CreateRequest request, Callback<ConnectorInfo> done) {
  const Callback<PutResult> made = [done = std::move(done)](StatusOr<PutResult> result) {
    result.ok() ? done(std::move(result->info)) : done(result.status());
  };
  Ask<StatusOr<PutResult>>(made, [this, request](const Callback<PutResult>& reply) {
    Checked(request.config, [this, request, agree_by = AgreeBy(), reply](const Status& valid) {
      if (!valid.ok()) return reply(valid);
      Write(request.name, request.config, InitialState(request.initial_state), true, agree_by,
            reply);
    });
  });
}

void DistributedHerder::PutConfig(std::string name, SubmittedConfig config,
                                  Callback<PutResult> done) {
  Ask<StatusOr<PutResult>>(std::move(done), [this, name, config](const Callback<PutResult>& reply) {
    Checked(config, [this, name, config, agree_by = AgreeBy(), reply](const Status& valid) {
      if (!valid.ok()) return reply(valid);
      Write(name, config, std::nullopt, false, agree_by, reply);
    });
  });
}

void DistributedHerder::PatchConfig(std::string name, ConfigPatch patch,
                                    Callback<ConnectorInfo> done) {
  Ask<StatusOr<ConnectorInfo>>(
      std::move(done), [this, name, patch](const Callback<ConnectorInfo>& reply) {
        const auto current = Now()->Config(name);
        if (current == nullptr) return reply(NoConnector(name));
        SubmittedConfig config{.values = *current, .null_keys = {}};
        for (const auto& [key, value] : patch) {
          value ? config.values.Set(key, *value) : void(config.values.Erase(key));
        }
        if (config.values.Get("name", name) != name) {
          return reply(
              BadRequestError(StrCat("Connector name configuration (", config.values.Get("name"),
                                     ") doesn't match connector name in the URL (", name, ")")));
        }
        PutConfig(name, std::move(config), [reply](StatusOr<PutResult> result) {
          result.ok() ? reply(std::move(result->info)) : reply(result.status());
        });
      });
}

void DistributedHerder::Write(const std::string& name, SubmittedConfig config,
                              std::optional<TargetState> initial, bool must_be_new,
                              TimePoint agree_by, Callback<PutResult> done) {
  const auto write = [this, name, config = std::move(config), initial, must_be_new, agree_by,
                      done](const std::function<void()>& finish) {
    WhenAgreed(agree_by, [=, this](Status refused) {
      const bool exists = Now()->Contains(name);
      if (refused.ok() && exists && must_be_new) {
        refused = AlreadyExistsError(StrCat("Connector ", name, " already exists"));
      }
      if (!refused.ok()) {
        finish();
        return done(refused);
      }
      WriteConfig(name, config.values, initial, finish, done);
    });
  };
  const Status full = Serially(name, write);
  if (!full.ok()) done(full);
}

void DistributedHerder::WriteConfig(const std::string& name, const config::ConfigMap& values,
                                    std::optional<TargetState> initial,
                                    const std::function<void()>& finish,
                                    const Callback<PutResult>& done) {
  const bool created = !Now()->Contains(name);
  const auto written =
      BeginStage(StrCat("writing a config for connector ", name, " to the config topic"));
  options_.config->PutConnector(
      name, values, initial, [=, this, stage = StageScope::Current()](const Status& status) {
        loop_.Post([=, this] {
          const StageScope scope(stage);
          written();
          ScheduleReconcile();
          finish();
          if (!status.ok()) {
            LogError("herder", "The config of connector ", name, ": ", StackTrace(status));
            return done(status);
          }
          const auto answer = [=, this](const Status& started) {
            if (!started.ok()) return done(started);
            auto info = Views(*Now(), *options_.status, *options_.plugins).Info(name);
            if (!info.ok()) return done(info.status());
            info->config = values;  // in the client's order
            done(PutResult{.created = created, .info = *std::move(info)});
          };
          options_.standalone ? Await(name, true, answer) : answer(OkStatus());
        });
      });
}

void DistributedHerder::Delete(std::string name, Done done) {
  Ask<Status>(std::move(done), [this, name](const Done& reply) {
    const TimePoint agree_by = AgreeBy();
    const Status full = Serially(name, [=, this](const std::function<void()>& finish) {
      WhenAgreed(agree_by, [=, this](Status refused) {
        if (refused.ok() && !Now()->Contains(name)) refused = NoConnector(name);
        if (!refused.ok()) {
          finish();
          return reply(refused);
        }
        const auto removed = BeginStage(
            StrCat("removing the config for connector ", name, " from the config topic"));
        options_.config->RemoveConnector(name, [=, this](const Status& status) {
          loop_.Post([=, this] {
            removed();
            ScheduleReconcile();
            finish();
            reply(status);
          });
        });
      });
    });
    if (!full.ok()) reply(full);
  });
}

void DistributedHerder::PutTarget(const std::string& name, TargetState state, Done done) {
  options_.config->PutTargetState(name, state, [this, done](const Status& status) {
    loop_.Post([this, done, status] {
      ScheduleReconcile();
      done(status);
    });
  });
}

void DistributedHerder::Pause(std::string name, Done done) {
  Ask<Status>(std::move(done), [this, name](const Done& reply) {
    if (!Now()->Contains(name)) return reply(UnknownConnector(name));
    PutTarget(name, TargetState::kPaused, reply);
  });
}

void DistributedHerder::Resume(std::string name, Done done) {
  Ask<Status>(std::move(done), [this, name](const Done& reply) {
    if (!Now()->Contains(name)) return reply(UnknownConnector(name));
    PutTarget(name, TargetState::kStarted, reply);
  });
}

// No tasks first, then the state: whoever sees STOPPED may rely on there being none.
void DistributedHerder::Stop(std::string name, Done done) {
  Ask<Status>(std::move(done), [this, name](const Done& reply) {
    const TimePoint agree_by = AgreeBy();
    const Status full = Serially(name, [=, this](const std::function<void()>& finish) {
      WhenAgreed(agree_by, [=, this](Status refused) {
        if (refused.ok() && !Now()->Contains(name)) refused = UnknownConnector(name);
        if (!refused.ok()) {
          finish();
          return reply(refused);
        }
        const auto stopped = BeginStage(StrCat("writing the STOPPED target stage for connector ",
                                               name, " to the config topic"));
        const auto end = [=](const Status& status) {
          stopped();
          finish();
          reply(status);
        };
        options_.config->PutTaskConfigs(name, {}, [=, this](const Status& status) {
          loop_.Post([=, this] {
            ScheduleReconcile();
            const Status leads = status.ok() ? CheckLeader() : status;  // still?
            if (!leads.ok()) return end(leads);
            PutTarget(name, TargetState::kStopped, end);
          });
        });
      });
    });
    if (!full.ok()) reply(full);
  });
}

void DistributedHerder::SetClusterLoggerLevel(std::string logger, std::string level, Done done) {
  Ask<Status>(std::move(done), [this, logger, level](const Done& reply) {
    options_.config->PutLoggerLevel(logger, level, reply);
  });
}

void DistributedHerder::ResetActiveTopics(std::string name, Done done) {
  Ask<Status>(std::move(done), [this, name](const Done& reply) {
    const bool enabled = options_.worker->topic_tracking_enable;
    if (!enabled || !options_.worker->topic_tracking_allow_reset) {
      return reply(ExceptionError(
          absl::StatusCode::kPermissionDenied, kConnectException,
          enabled ? "Topic tracking reset is disabled." : "Topic tracking is disabled."));
    }
    statuses_->RemoveTopics(name);
    reply(OkStatus());
  });
}

}  // namespace sluice::herder
