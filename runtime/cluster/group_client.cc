#include "runtime/cluster/group_client.h"

#include <chrono>
#include <thread>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "runtime/base/log.h"
#include "runtime/base/mutex.h"
#include "runtime/cluster/group_client_member.h"
#include "runtime/cluster/kafka_settings.h"

namespace sluice::cluster {
namespace {

using std::chrono::steady_clock;

class KafkaGroupClient : public GroupClient {
 public:
  KafkaGroupClient(const GroupClientOptions& options, KafkaSettings settings,
                   GroupListener& listener)
      : settings_(std::move(settings)),
        mailbox_(std::make_shared<Mailbox>(io_)),
        context_{io_, mailbox_, settings_},
        member_(context_, options, listener) {}

  ~KafkaGroupClient() override { Leave("", milliseconds(0)); }

  void Start() override {
    MutexLock lock(lifecycle_);
    if (started_) return;
    started_ = true;
    member_.Start();
    thread_ = std::thread([this] {
      LogContext context("group");
      const auto keep = net::make_work_guard(io_);
      io_.run();
    });
  }

  void Rejoin(std::string reason) override {
    mailbox_->Post([this, reason = std::move(reason)] { member_.Rejoin(reason); });
  }

  void Leave(std::string reason, milliseconds timeout) override {
    MutexLock lock(lifecycle_);
    started_ = true;  // it does not start after it has ended
    if (!thread_.joinable()) return;
    const TimePoint deadline = steady_clock::now() + timeout;
    mailbox_->Post([this, reason, deadline] {
      member_.Leave(reason, deadline, [this] {
        MutexLock done_lock(mutex_);
        left_ = true;
        changed_.NotifyAll();
      });
    });
    {
      MutexLock done_lock(mutex_);
      while (!left_ && changed_.WaitUntil(mutex_, deadline)) {
      }
    }
    mailbox_->Detach();
    io_.stop();
    thread_.join();
  }

 private:
  const KafkaSettings settings_;
  net::io_context io_{1};  // one thread: no locks inside
  const std::shared_ptr<Mailbox> mailbox_;
  const KafkaContext context_;
  GroupMemberClient member_;  // io thread

  Mutex lifecycle_;
  bool started_ ABSL_GUARDED_BY(lifecycle_) = false;
  std::thread thread_ ABSL_GUARDED_BY(lifecycle_);

  Mutex mutex_;
  CondVar changed_;
  bool left_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

StatusOr<std::unique_ptr<GroupClient>> NewGroupClient(const GroupClientOptions& options,
                                                      GroupListener& listener) {
  SLUICE_ASSIGN_OR_RETURN(KafkaSettings settings, ReadKafkaSettings(options));
  return std::unique_ptr<GroupClient>(
      std::make_unique<KafkaGroupClient>(options, std::move(settings), listener));
}

}  // namespace sluice::cluster
