#include "runtime/cluster/group_client_coordinator.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/cluster/kafka_error_code.h"

namespace sluice::cluster {
namespace {

using std::chrono::steady_clock;

constexpr size_t kLearnedBrokersMax = 64;
constexpr size_t kLoggedMax = 20;  // different reasons in one outage

}  // namespace

GroupCoordinator::GroupCoordinator(const KafkaContext& context, std::string group_id,
                                   milliseconds patience, Events events)
    : context_(context),
      group_id_(std::move(group_id)),
      patience_(patience),
      events_(std::move(events)),
      connect_timeout_(context.settings.connect_timeout),
      bootstrap_(context.settings.bootstrap),
      names_due_(context.settings.canonical_bootstrap),
      servers_(bootstrap_),
      next_server_(std::random_device{}() % servers_.size()),
      wakeup_(context.io),
      backoff_(context.settings.backoff, context.settings.backoff_max),
      outage_timer_(context.io) {}

net::awaitable<void> GroupCoordinator::Run() {
  while (!stopped_) {
    if (address_) {
      co_await wakeup_.WaitUntil(TimePoint::max());
    } else if (pause_) {
      // Since the last answer one was found in vain, or none: never in a tight loop.
      const milliseconds pause = refused_ ? backoff_.Slow() : backoff_.Next();
      pause_ = refused_ = false;
      co_await wakeup_.WaitUntil(steady_clock::now() + pause);
    } else {
      pause_ = true;
      const Status asked = co_await AskNext();
      if (!asked.ok() && !stopped_) NoteTrouble(asked);
    }
  }
}

net::awaitable<Status> GroupCoordinator::AskNext() {
  if (names_due_) {
    const Status named = co_await NameBootstrap();
    if (!named.ok()) co_return named;
  }
  const HostPort server = servers_[next_server_++ % servers_.size()];
  const TimePoint opened_by = steady_clock::now() + connect_timeout_;
  auto connection = co_await KafkaConnection::Open(context_, server, opened_by);
  if (!connection.ok()) co_return connection.status();
  const TimePoint deadline =
      steady_clock::now() + std::min(context_.settings.request_timeout, connect_timeout_);
  FindCoordinatorRequest request;
  request.group_id = group_id_;
  auto found = co_await (*connection)->Call(request, deadline);
  if (!found.ok()) co_return found.status();
  if (found->error != 0) {
    refused_ = KindOf(found->error) == KafkaErrorKind::kRefused;
    co_return ConnectError(KafkaErrorText(found->error, group_id_));
  }
  MetadataRequest metadata;
  auto brokers = co_await (*connection)->Call(metadata, deadline);
  if (brokers.ok()) LearnBrokers(brokers->brokers);
  if (stopped_) co_return OkStatus();
  address_ = found->address;
  ++epoch_;
  const bool news = std::exchange(named_, address_) != address_;
  Log(news ? LogLevel::kInfo : LogLevel::kDebug, "cluster", "Group ", group_id_,
      ": the coordinator is ", ToString(*address_));
  events_.found();
  co_return OkStatus();
}

// client.dns.lookup=resolve_canonical_bootstrap_servers_only: each address of each of them, by the
// name that it has itself, which is what its certificate or its Kerberos principal says.
net::awaitable<Status> GroupCoordinator::NameBootstrap() {
  std::vector<HostPort> named;
  Status trouble;
  for (const HostPort& server : bootstrap_) {
    const TimePoint deadline = steady_clock::now() + connect_timeout_;
    const auto servers = co_await ResolveCanonical(context_.mailbox, server, deadline);
    if (!servers.ok()) {
      trouble = servers.status();
      continue;
    }
    for (const HostPort& one : *servers) {
      if (std::find(named.begin(), named.end(), one) == named.end()) named.push_back(one);
    }
  }
  if (named.empty()) co_return trouble;
  bootstrap_ = servers_ = std::move(named);
  names_due_ = false;
  co_return OkStatus();
}

void GroupCoordinator::LearnBrokers(const std::vector<HostPort>& brokers) {
  std::vector<HostPort> servers = bootstrap_;
  for (const HostPort& broker : brokers) {
    if (servers.size() >= bootstrap_.size() + kLearnedBrokersMax) break;
    if (std::find(servers.begin(), servers.end(), broker) == servers.end()) {
      servers.push_back(broker);
    }
  }
  servers_ = std::move(servers);
}

void GroupCoordinator::Lost(uint64_t epoch, const Status& reason) {
  if (epoch != epoch_ || !address_ || stopped_) return;
  address_.reset();
  NoteTrouble(reason);
  events_.lost();
  wakeup_.Notify();
}

void GroupCoordinator::Answered() {
  pause_ = false;
  backoff_.Reset();
  if (trouble_.ok()) return;
  trouble_ = OkStatus();
  logged_.clear();
  told_ = false;
  outage_timer_.cancel();
}

void GroupCoordinator::NoteTrouble(const Status& reason) {
  const bool first = trouble_.ok();
  if (logged_.size() < kLoggedMax && logged_.emplace(Message(reason)).second) {
    LogWarn("cluster", "Group ", group_id_, ": no coordinator: ", Message(reason));
  }
  trouble_ = reason;
  if (first) WatchOutage();
}

void GroupCoordinator::WatchOutage() {
  outage_timer_.expires_after(patience_);
  outage_timer_.async_wait([this](boost::system::error_code error) {
    if (error || trouble_.ok() || told_ || stopped_) return;
    told_ = true;
    events_.outage(trouble_);
  });
}

void GroupCoordinator::Stop() {
  stopped_ = true;
  outage_timer_.cancel();
  wakeup_.Notify();
}

}  // namespace sluice::cluster
