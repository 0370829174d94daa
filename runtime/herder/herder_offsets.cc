// The herder's requests about offsets (KIP-875). The herder decides whether they may be changed
// now; ConnectorOffsets does it, in a pool of its own, so that a broker which is away keeps nothing
// else waiting.
#include <algorithm>
#include <chrono>
#include <utility>

#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/herder/distributed_herder.h"

namespace sluice::herder {
namespace {

constexpr milliseconds kTasksGoneTime{30'000};
constexpr milliseconds kTasksGonePause{20};
constexpr milliseconds kRefreshTime{30'000};

Status NoConnector(const std::string& name) {
  return NotFoundError(StrCat("Connector ", name, " not found"));
}

}  // namespace

template <typename T>
void DistributedHerder::WithOffsets(const std::string& connector, std::string what,
                                    std::shared_ptr<ConnectorOffsets> offsets,
                                    std::function<StatusOr<T>(ConnectorOffsets&)> work,
                                    Callback<T> done) {
  const milliseconds left = offsets->Left();
  ConnectorCalls& calls =
      options_.offset_calls != nullptr ? *options_.offset_calls : *options_.calls;
  auto result = std::make_shared<StatusOr<T>>();
  calls.Run(
      {connector, std::move(what), left,
       [offsets = std::move(offsets), work = std::move(work), result] { *result = work(*offsets); },
       [result, done = std::move(done)](const Status& call) {
         call.ok() ? done(std::move(*result)) : done(call);
       },
       nullptr});
}

std::shared_ptr<ConnectorOffsets> DistributedHerder::OffsetsOf(const std::string& name,
                                                               TimePoint deadline) const {
  OffsetsParts parts;
  parts.worker = options_.worker;
  parts.plugins = options_.plugins;
  parts.store = options_.offsets;
  if (options_.make_admin) parts.make_admin = options_.make_admin;
  parts.clock = options_.clock;
  parts.deadline = deadline;
  return std::make_shared<ConnectorOffsets>(parts, name, Now()->Config(name));
}

void DistributedHerder::Offsets(std::string name, Callback<std::vector<ConnectorOffset>> done) {
  using List = std::vector<ConnectorOffset>;
  Ask<StatusOr<List>>(std::move(done), [this, name](const Callback<List>& reply) {
    if (!Now()->Contains(name)) return reply(NoConnector(name));
    WithOffsets<List>(
        "", StrCat("read the offsets of connector ", name),
        OffsetsOf(name, options_.clock->Now() + kOffsetsTime),
        [](ConnectorOffsets& offsets) { return offsets.Read(); }, reply);
  });
}

void DistributedHerder::AlterOffsets(std::string name, std::vector<ConnectorOffset> offsets,
                                     Callback<std::string> done) {
  ModifyOffsets(
      std::move(name),
      [offsets = std::move(offsets)](ConnectorOffsets& connector) {
        return connector.Alter(offsets);
      },
      std::move(done));
}

void DistributedHerder::ResetOffsets(std::string name, Callback<std::string> done) {
  ModifyOffsets(
      std::move(name), [](ConnectorOffsets& connector) { return connector.Reset(); },
      std::move(done));
}

Status DistributedHerder::MayModifyOffsets(const std::string& name) const {
  SLUICE_RETURN_IF_ERROR(CheckLeader());
  if (!Now()->Contains(name)) return NoConnector(name);
  if (Now()->Target(name) == storage::TargetState::kStopped && Now()->TaskCount(name) == 0) {
    return OkStatus();
  }
  return BadRequestError(StrCat(
      "Connectors must be in the STOPPED state before their offsets can be modified. This can be "
      "done for the specified connector by issuing a 'PUT' request to the '/connectors/",
      name, "/stop' endpoint"));
}

// A task that has not ended yet may commit once more, and its consumer is in the group. Each ends
// within its graceful time-out or is abandoned, and then commits nothing.
void DistributedHerder::WhenTasksAreGone(const std::string& name, TimePoint deadline,
                                         std::function<void()> then) {
  if (!tasks_.HasAnyOf(name) || options_.clock->Now() >= deadline) return then();
  loop_.PostAfter(kTasksGonePause, [this, name, deadline, then = std::move(then)] {
    WhenTasksAreGone(name, deadline, then);
  });
}

// One privileged change after the other: a resume that comes meanwhile has its tasks started when
// the offsets have been written. All of it, the waiting too, ends before REST would give up.
void DistributedHerder::ModifyOffsets(std::string name, OffsetsWork work,
                                      Callback<std::string> done) {
  const TimePoint deadline = options_.clock->Now() + kOffsetsTime;
  Ask<StatusOr<std::string>>(std::move(done), [this, name, work,
                                               deadline](const Callback<std::string>& reply) {
    const TimePoint agree_by = AgreeBy();
    const Status full = Serially(name, [=, this](const std::function<void()>& finish) {
      const auto modified = BeginStage(StrCat("modifying offsets for connector ", name));
      const auto end = [modified, finish, reply](StatusOr<std::string> result) {
        modified();
        finish();
        reply(std::move(result));
      };
      const auto left = [this, deadline](milliseconds most) {
        return std::min(most, std::chrono::ceil<milliseconds>(deadline - options_.clock->Now()));
      };
      if (left(kOffsetsTime) <= milliseconds(0)) {
        return end(ConnectError(StrCat("Timed out waiting for earlier changes of connector ", name,
                                       "; its offsets have not been modified")));
      }
      const auto modify = [=, this] {
        if (const Status refused = MayModifyOffsets(name); !refused.ok()) return end(refused);
        if (tasks_.HasAnyOf(name)) {  // its last commit would undo the change
          return end(ConnectError(
              StrCat("Failed to modify offsets for connector ", name,
                     " because its tasks haven't stopped completely yet. If the connector is in a "
                     "stopped state, this operation can be safely retried.")));
        }
        WithOffsets<std::string>(name, "modify the offsets of", OffsetsOf(name, deadline), work,
                                 [this, end](StatusOr<std::string> result) {
                                   loop_.Post([end, result = std::move(result)] { end(result); });
                                 });
      };
      WhenAgreed(agree_by, [=, this](const Status& leader) {
        if (!leader.ok()) return end(leader);
        // Other workers write states too: what is in the topic counts.
        options_.config->Refresh(left(kRefreshTime), [=, this](const Status& read) {
          loop_.Post([=, this] {
            if (!read.ok()) {
              return end(
                  WrapConnect(read, StrCat("Failed to read to the end of the config topic before "
                                           "the offsets of connector ",
                                           name, " could be modified: ", Message(read))));
            }
            if (const Status refused = MayModifyOffsets(name); !refused.ok()) return end(refused);
            WhenTasksAreGone(name, options_.clock->Now() + left(kTasksGoneTime), modify);
          });
        });
      });
    });
    if (!full.ok()) reply(full);
  });
}

}  // namespace sluice::herder
