// What other workers of the group ask of the leader (KIP-507, KIP-618), and the session key that
// signs it.
#include <utility>

#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/herder/distributed_herder.h"
#include "runtime/herder/request_signature.h"
#include "runtime/herder/views.h"

namespace sluice::herder {

// A group with a worker of an older protocol speaks that one, whatever this worker's own is.
bool DistributedHerder::Sessioned() const {
  return options_.worker->connect_protocol == "sessioned" && membership_->protocol() == "sessioned";
}

Status DistributedHerder::CheckInternal(const std::string& name, const SignedRequest& request) {
  if (options_.standalone) {
    return BadRequestError(
        "A standalone worker has no other workers; it takes no internal request");
  }
  const Snapshot config = Now();
  if (Sessioned()) {
    SLUICE_RETURN_IF_ERROR(CheckSignature(request, options_.worker->verification_algorithms,
                                          config->session_key ? &*config->session_key : nullptr));
  }
  SLUICE_RETURN_IF_ERROR(CheckLeader());
  if (!config->Contains(name)) return NotFoundError(StrCat("Connector ", name, " not found"));
  return OkStatus();
}

void DistributedHerder::PutTaskConfigs(std::string name, std::vector<config::ConfigMap> tasks,
                                       SignedRequest request, Done done) {
  Ask<Status>(std::move(done), [this, name, tasks, request](const Done& reply) {
    // Before it may wait, too: who has no good signature shall not hold up anything.
    Status refused = CheckTaskConfigs(name, tasks, request);
    if (!refused.ok()) return reply(refused);
    const auto put = [this, name, tasks, request, reply](const std::function<void()>& finish) {
      const Status refused = CheckTaskConfigs(name, tasks, request);
      if (!refused.ok()) {
        finish();
        return reply(refused);
      }
      options_.config->PutTaskConfigs(name, tasks, [this, finish, reply](const Status& status) {
        loop_.Post([this, finish, reply, status] {
          ScheduleReconcile();
          finish();
          reply(status);
        });
      });
    };
    refused = Serially(name, put);
    if (!refused.ok()) reply(refused);
  });
}

Status DistributedHerder::CheckTaskConfigs(const std::string& name,
                                           const std::vector<config::ConfigMap>& tasks,
                                           const SignedRequest& request) {
  SLUICE_RETURN_IF_ERROR(CheckInternal(name, request));
  if (tasks.empty() || Now()->Target(name) != storage::TargetState::kStopped) return OkStatus();
  return BadRequestError(
      StrCat("Cannot submit non-empty set of task configs for stopped connector ", name));
}

// A worker asks for it that is about to write in transactions, and must not before the producers of
// earlier tasks have been fenced out. Nobody here could do that.
void DistributedHerder::FenceZombies(std::string name, SignedRequest request, Done done) {
  Ask<Status>(std::move(done), [this, name, request](const Done& reply) {
    Status refused = CheckInternal(name, request);
    if (refused.ok() &&
        Views(*Now(), *options_.status, *options_.plugins).TypeOf(name) != "source") {
      refused = BadRequestError(StrCat("Connector ", name, " is not a source connector"));
    }
    if (refused.ok()) {
      refused = ConnectError(StrCat(
          "The earlier tasks of connector ", name,
          " cannot be fenced out: this worker leads the group and has no exactly-once source "
          "support. Set exactly.once.source.support=disabled on all workers of the group"));
    }
    reply(refused);
  });
}

StatusOr<SignedRequest> DistributedHerder::Signed(std::string body) const {
  const config::WorkerConfig& worker = *options_.worker;
  SignedRequest request{.body = std::move(body), .signature = {}, .algorithm = {}};
  if (!Sessioned()) return request;
  const Snapshot config = Now();
  if (!config->session_key) {
    return ConnectError("The leader has not made a session key yet that would sign the request");
  }
  const auto mac = RequestMac(worker.signature_algorithm, config->session_key->key, request.body);
  if (!mac) {
    return ConnectError(StrCat("There is no signature algorithm ", worker.signature_algorithm,
                               " (inter.worker.signature.algorithm)"));
  }
  request.signature = Base64Encode(*mac);
  request.algorithm = worker.signature_algorithm;
  return request;
}

// The leader makes the group's key, and a new one when it has grown old or is not of the kind that
// this worker's settings ask for.
void DistributedHerder::RenewSessionKey() {
  const config::WorkerConfig& worker = *options_.worker;
  if (options_.standalone || !Sessioned() || key_under_way_ || !membership_->IsLeader()) return;
  const Snapshot config = Now();
  const int64_t now = options_.clock->WallMillis();
  const auto size = SessionKeyBytes(worker.key_generation_algorithm, worker.key_size);
  if (config->session_key && config->session_key->algorithm == worker.key_generation_algorithm &&
      config->session_key->key.size() == size &&
      (worker.key_ttl.count() == 0 ||  // it never grows old
       now - config->session_key->created_ms < worker.key_ttl.count())) {
    return;
  }
  auto key = NewSessionKey(worker.key_generation_algorithm, worker.key_size, now);
  if (!key.ok()) return LogError("herder", Message(key.status()));
  key_under_way_ = true;
  options_.config->PutSessionKey(*key, [this](const Status& status) {
    loop_.Post([this, status] {
      key_under_way_ = false;  // a failure is tried again at the next tick
      if (!status.ok()) LogWarn("herder", "No new session key: ", Message(status));
    });
  });
}

}  // namespace sluice::herder
