#include "runtime/worker/worker.h"

#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <tuple>
#include <utility>

#include "rest_api/message.h"
#include "rest_api/peer_client.h"
#include "rest_api/resources.h"
#include "rest_api/server.h"
#include "runtime/base/log.h"
#include "runtime/base/mutex.h"
#include "runtime/base/text.h"
#include "runtime/cluster/membership.h"
#include "runtime/config/client_config.h"
#include "runtime/config/client_jaas.h"
#include "runtime/config/listener_tls.h"
#include "runtime/config/worker_config.h"
#include "runtime/convert/converter.h"
#include "runtime/herder/connector_pool.h"
#include "runtime/herder/distributed_herder.h"
#include "runtime/herder/plugins.h"
#include "runtime/herder/status_writer.h"
#include "runtime/kafka/admin.h"
#include "runtime/metrics/process_metrics.h"
#include "runtime/metrics/registry.h"
#include "runtime/metrics/worker_metrics.h"
#include "runtime/plugin/registry.h"
#include "runtime/storage/stores.h"
#include "runtime/task/supervisor.h"
#include "runtime/tls/client_context.h"
#include "runtime/worker/bell.h"
#include "runtime/worker/connector_file.h"
#include "runtime/worker/group.h"
#include "runtime/worker/host.h"
#include "runtime/worker/rest_server.h"
#include "runtime/worker/version.h"

namespace sluice::worker {
namespace {

constexpr int kCannotStart = 2;
constexpr int kBadConnectorFile = 3;
constexpr milliseconds kRestGrace{5000};

Status Fatal(std::string_view what, const Status& cause) {
  return WrapConnect(cause, StrCat(what, ": ", Message(cause)));
}

// The parts of a worker, in the order in which they are made; they go in the other.
class Worker {
 public:
  Worker(const WorkerOptions& options, config::WorkerConfig config)
      : options_(options), config_(std::move(config)) {}

  int Run();

 private:
  // One of the things that start at the same time.
  struct Starting {
    std::string_view what;
    std::function<Status()> work;
    std::thread thread = {};
    bool finished = false;  // guarded by mutex_
    Status status = OkStatus();
  };

  void LogConfig() const;
  Status Listen();
  Status CheckConverters() const;
  Status MakeParts();
  void MakeMetrics();
  std::string WorkerId() const;
  void Begin(std::string_view what, std::function<Status()> work);
  bool AllStarted(Status& failure);  // or one has failed
  Status AwaitStarted();
  Status CreateConnectors();
  void ShutDown();

  const WorkerOptions& options_;
  const config::WorkerConfig config_;
  Bell bell_;
  Mutex mutex_;
  std::vector<std::unique_ptr<Starting>> starting_;
  std::string cluster_id_ ABSL_GUARDED_BY(mutex_);

  milliseconds api_timeout_{60'000};
  metrics::Registry metrics_;
  std::vector<metrics::Registry::Registration> process_metrics_;
  std::shared_ptr<metrics::WorkerMetrics> worker_metrics_;
  std::unique_ptr<plugin::Registry> registry_;
  std::unique_ptr<herder::RegistryPlugins> plugins_;
  std::shared_ptr<kafka::Admin> admin_;
  storage::Stores stores_;
  std::unique_ptr<herder::ConnectorPool> pool_;
  std::unique_ptr<herder::ConnectorPool> offset_pool_;
  std::unique_ptr<Group> group_;  // null: standalone
  std::unique_ptr<herder::DistributedHerder> herder_;
  std::unique_ptr<task::Supervisor> supervisor_;
  std::function<bool(const rest_api::Request&)> rest_guard_;
  std::unique_ptr<rest_api::Router> router_, admin_router_;
  std::unique_ptr<rest_api::PeerClient> peers_;
  std::unique_ptr<rest_api::Server> server_;
};

void Worker::LogConfig() const {
  LogInfo("worker", "Sluice ", kVersion, " (Kafka Connect ", kConnectVersion, "), ",
          options_.standalone ? "standalone" : "distributed", " worker, ", options_.file);
  if (!config_.jvm_only_keys.empty()) {
    LogInfo("worker", "These settings mean something to a JVM only and are ignored: ",
            StrJoin(config_.jvm_only_keys, ", "));
  }
  for (const std::string& warning : config_.warnings) LogWarn("worker", warning);
}

Status Worker::Listen() {
  SLUICE_ASSIGN_OR_RETURN(rest_guard_, RestGuard(config_, KafkaOpts()));
  SLUICE_ASSIGN_OR_RETURN(rest_api::ServerOptions options, RestServerOptions(config_));
  std::shared_ptr<const tls::ClientContext> peers_tls;
  if (!options_.standalone) {
    const config::PeerTlsKeys keys = config::PeerTls(config_);
    std::vector<std::string> notes;  // told of the listeners already
    auto tls = tls::ClientContext::Make(keys.java, notes);
    if (!tls.ok() && keys.for_https) return std::move(tls).status();
    if (tls.ok()) peers_tls = *std::move(tls);
  }
  peers_ =
      std::make_unique<rest_api::PeerClient>(std::move(peers_tls), config_.rest_request_timeout);
  if (options_.check_takeover) {  // the worker that has the port now may go on
    for (rest_api::ListenAddress& listener : options.listeners) listener.port = 0;
  }
  options.forward = [this](const rest_api::Request& request, const std::string& url,
                           rest_api::Reply reply) {
    peers_->Forward(request, url, std::move(reply));
  };
  SLUICE_ASSIGN_OR_RETURN(server_, rest_api::Server::Listen(std::move(options)));
  return OkStatus();
}

std::string Worker::WorkerId() const {
  const Advertised address = AdvertisedAddress(config_, server_->ports(), HostName());
  return StrCat(address.host, ":", address.port);
}

// A class that does not exist should be known now, not when the first connector is started.
Status Worker::CheckConverters() const {
  for (const auto& [key, converter, role] :
       {std::tuple{"key.converter", &config_.key_converter, convert::Role::kKey},
        std::tuple{"value.converter", &config_.value_converter, convert::Role::kValue}}) {
    const auto made =
        convert::NewConverter(*converter, config_.originals.WithPrefix(StrCat(key, ".")), role);
    if (!made.ok()) return Fatal(key, made.status());
  }
  const auto made = convert::NewHeaderConverter(config_.header_converter,
                                                config_.originals.WithPrefix("header.converter."));
  return made.ok() ? OkStatus() : Fatal("header.converter", made.status());
}

Status Worker::MakeParts() {
  SLUICE_RETURN_IF_ERROR(CheckConverters());
  SLUICE_ASSIGN_OR_RETURN(
      const config::ClientProperties admin,
      config::WorkerClientProperties(config_, config::WorkerClient::kSharedAdmin));
  api_timeout_ = milliseconds(admin.api_timeout_ms);
  SLUICE_ASSIGN_OR_RETURN(admin_, kafka::NewAdmin(admin, &metrics_));
  SLUICE_ASSIGN_OR_RETURN(
      stores_, storage::MakeStores(config_, admin_, &metrics_, !options_.check_takeover));
  registry_ = std::make_unique<plugin::Registry>(plugin::RegistryOptions{
      .plugin_path = config_.plugin_path, .probe_command = OwnBinary(), .cache_dir = CacheDir()});
  plugins_ = std::make_unique<herder::RegistryPlugins>(*registry_);
  pool_ = std::make_unique<herder::ConnectorPool>(herder::ConnectorPoolOptions{});
  offset_pool_ =
      std::make_unique<herder::ConnectorPool>(herder::ConnectorPoolOptions{.threads_max = 4});
  MakeMetrics();
  if (!options_.standalone) {
    SLUICE_ASSIGN_OR_RETURN(group_, Group::Make({.config = &config_,
                                                 .worker_id = WorkerId(),
                                                 .version = std::string(kConnectVersion),
                                                 .configs = stores_.config.get(),
                                                 .statuses = stores_.status.get(),
                                                 .plugins = plugins_.get(),
                                                 .calls = pool_.get(),
                                                 .metrics = worker_metrics_}));
  }
  herder::HerderOptions options;
  options.worker = &config_;
  options.worker_id = WorkerId();
  options.standalone = options_.standalone;
  options.version = kConnectVersion;
  options.config = stores_.config.get();
  options.offsets = stores_.offsets.get();
  options.status = stores_.status.get();
  options.plugins = plugins_.get();
  options.calls = pool_.get();
  options.peers = peers_.get();
  options.registry = &metrics_;
  options.metrics = worker_metrics_.get();
  options.offset_calls = offset_pool_.get();
  options.on_tick = [pool = pool_.get(), offset_pool = offset_pool_.get(), group = group_.get()] {
    pool->Sweep();
    offset_pool->Sweep();
    if (group != nullptr) group->Tick();
  };
  if (group_ != nullptr) options.on_leave = [group = group_.get()] { group->Announce(); };
  herder_ = std::make_unique<herder::DistributedHerder>(std::move(options));
  router_ = rest_api::NewRouter(*herder_, config_.rest_request_timeout, !config_.admin_listeners);
  rest_api::AddMetrics(*router_, metrics_);
  router_->SetGuard(std::move(rest_guard_));
  admin_router_ = rest_api::NewAdminRouter(*herder_, config_.rest_request_timeout);
  return OkStatus();
}

void Worker::MakeMetrics() {
  metrics::WorkerMetricsOptions options;
  options.registry = &metrics_;
  options.window = {config_.metrics_sample_window.count(), config_.metrics_num_samples};
  options.client_id =
      config_.client_id.empty() ? StrCat("connect-", WorkerId()) : config_.client_id;
  options.version = kConnectVersion;
  options.commit = kConnectCommit;
  options.distributed = !options_.standalone;
  worker_metrics_ = metrics::WorkerMetrics::Make(std::move(options));
  process_metrics_ = metrics::AddProcessMetrics(metrics_);
}

void Worker::Begin(std::string_view what, std::function<Status()> work) {
  starting_.push_back(std::make_unique<Starting>(Starting{what, std::move(work)}));
  Starting& one = *starting_.back();
  one.thread = std::thread([this, &one] {
    const Status status = one.work();
    {
      MutexLock lock(mutex_);
      one.status = status;
      one.finished = true;
    }
    bell_.Ring();
  });
}

bool Worker::AllStarted(Status& failure) {
  MutexLock lock(mutex_);
  bool all = true;
  for (const auto& one : starting_) {
    all = all && one->finished;
    // The first in the list tells most: without a broker all of them fail.
    if (one->finished && !one->status.ok() && failure.ok()) failure = Fatal(one->what, one->status);
  }
  return all;
}

// Cluster id and topics at the same time, and a look at the plugins. REST is served as soon as the
// id is known; what needs the herder waits for Open.
Status Worker::AwaitStarted() {
  Begin(
      "Failed to connect to and describe Kafka cluster. Check worker's broker connection and "
      "security properties",
      [this]() -> Status {
        SLUICE_ASSIGN_OR_RETURN(std::string id, admin_->ClusterId(api_timeout_));
        herder_->SetServer({std::string(kConnectVersion), std::string(kConnectCommit), id});
        server_->SetRouter(router_.get(), admin_router_.get());
        MutexLock lock(mutex_);
        cluster_id_ = std::move(id);
        return OkStatus();
      });
  Begin("The store of connector configurations cannot be used",
        [this] { return stores_.config->Start(*herder_, api_timeout_); });
  Begin("The store of source offsets cannot be used",
        [this] { return stores_.offsets->Start(api_timeout_); });
  Begin("The store of statuses cannot be used",
        [this] { return stores_.status->Start(api_timeout_); });
  // Nobody waits for the plugins: whoever needs a class that has not been seen yet looks again.
  std::thread([this] {
    plugins_->List();
    for (const plugin::BadFile& bad : registry_->BadFiles()) {
      LogWarn("worker", "Plugin ", bad.file, " cannot be used: ", Message(bad.error));
    }
  }).detach();
  Status failure;
  while (!AllStarted(failure)) {
    if (bell_.stop_requested()) return StoppedError();
    if (!failure.ok()) {  // a moment more, for a failure that tells more
      for (int i = 0; i < 10 && !AllStarted(failure = OkStatus()); ++i) {
        bell_.Wait(milliseconds(100));
      }
      AllStarted(failure = OkStatus());
      return failure;
    }
    bell_.Wait(milliseconds(60'000));
  }
  if (!failure.ok()) return failure;
  for (auto& one : starting_) one->thread.join();
  starting_.clear();
  return OkStatus();
}

// Those of the command line, one after the other.
Status Worker::CreateConnectors() {
  for (const std::string& file : options_.connector_files) {
    SLUICE_ASSIGN_OR_RETURN(herder::CreateRequest request, ReadConnectorFile(file));
    const std::string name = request.name;
    auto answer = std::make_shared<std::optional<Status>>();
    herder_->Create(std::move(request),
                    [this, answer](const StatusOr<herder::ConnectorInfo>& made) {
                      MutexLock lock(mutex_);
                      *answer = made.status();
                      bell_.Ring();
                    });
    const auto answered = [&] {
      MutexLock lock(mutex_);
      return answer->has_value();
    };
    while (!answered()) {
      if (bell_.stop_requested()) return OkStatus();
      bell_.Wait(milliseconds(1000));
    }
    if (!(*answer)->ok()) return Fatal(StrCat("Failed to create connector for ", file), **answer);
    LogInfo("worker", "Created connector ", name, " from ", file);
  }
  // Without any, the herder is ready when its group has agreed.
  if (!options_.connector_files.empty()) herder_->SetReady();
  return OkStatus();
}

int Worker::Run() {
  const TimePoint begin = std::chrono::steady_clock::now();
  LogConfig();
  Status status = Listen();
  if (status.ok()) status = MakeParts();
  if (status.ok()) status = AwaitStarted();
  if (status.ok() && options_.check_takeover) {
    const bool fits = group_->PrintTakeover();
    std::fflush(nullptr);
    _exit(fits ? 0 : kCannotStart);
  }
  if (status.ok() && group_ != nullptr) status = group_->CheckClasses();
  if (!status.ok()) {
    if (!IsStopped(status)) LogError("worker", "Failed to start: ", StackTrace(status));
    std::fflush(nullptr);
    _exit(IsStopped(status) ? 0 : kCannotStart);  // threads may still wait for a broker
  }
  {
    MutexLock lock(mutex_);
    supervisor_ = task::NewSupervisor(
        {.worker = &config_,
         .kafka_cluster_id = cluster_id_,
         .registry = registry_.get(),
         .offsets = stores_.offsets.get(),
         .listener = &herder_->task_listener(),
         .metrics = &metrics_,
         .version = std::string(kConnectVersion),
         .owned = [group = group_.get()] { return group == nullptr || group->Holds(); }});
  }
  std::unique_ptr<cluster::Membership> membership;
  if (group_ != nullptr) {
    membership = group_->TakeMembership();
  } else {
    membership = std::make_unique<cluster::SoloMembership>(herder::NextGeneration(*stores_.status),
                                                           WorkerUrl(config_, WorkerId()));
  }
  herder_->Open(std::move(membership), *supervisor_, {.ready = options_.connector_files.empty()});
  LogInfo(
      "worker", "Started in ",
      std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin).count(),
      " ms; REST API on port ", StrJoin(server_->ports(), ", "), ", worker id ", WorkerId());
  const Status connectors = CreateConnectors();
  if (!connectors.ok()) LogError("worker", Message(connectors));
  while (connectors.ok() && !bell_.stop_requested()) bell_.Wait(milliseconds(3'600'000));
  ShutDown();
  // Without destructors: a plugin call or a task that was abandoned may still use any part, and all
  // that had to be written is written.
  std::fflush(nullptr);
  _exit(connectors.ok() ? 0 : kBadConnectorFile);
}

void Worker::ShutDown() {
  LogInfo("worker", "Stopping: REST first, then connectors, tasks and stores");
  server_->Stop(kRestGrace);
  herder_->Stop();
  if (pool_->abandoned() > 0) LogWarn("worker", "Some plugin calls hang and are left behind");
  stores_.offsets->Stop();
  stores_.status->Stop();
  stores_.config->Stop();
  LogInfo("worker", "Stopped");
}

}  // namespace

int RunWorker(const WorkerOptions& options) {
  auto config = config::WorkerConfig::FromFile(
      options.file,
      options.standalone ? config::WorkerMode::kStandalone : config::WorkerMode::kDistributed);
  if (!config.ok()) {
    LogError("worker", Message(config.status()));
    return kCannotStart;
  }
  if (const Status status = config::ApplyClientJaas(*config, KafkaOpts()); !status.ok()) {
    LogError("worker", Message(status));
    return kCannotStart;
  }
  config->allowed_token_urls = config::AllowedTokenUrls(KafkaOpts());
  if (const Status clients = config::CheckWorkerClientSettings(*config); !clients.ok()) {
    LogError("worker", options.file, ": ", Message(clients));
    return kCannotStart;
  }
  RaiseFileLimit();
  Worker worker(options, *std::move(config));
  return worker.Run();
}

}  // namespace sluice::worker
