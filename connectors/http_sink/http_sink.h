// HttpSinkConnector, Aiven's and Confluent's: sends records to a server. Its task renders the
// records of a put and delivers them (delivery.h); what cannot be done at once is waited for
// between puts, so that the worker's loop goes on: the same put then comes again, and goes on where
// it was.
#ifndef SLUICE_CONNECTORS_HTTP_SINK_HTTP_SINK_H_
#define SLUICE_CONNECTORS_HTTP_SINK_HTTP_SINK_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "connectors/http/authorization.h"
#include "connectors/http/client.h"
#include "connectors/http_sink/delivery.h"
#include "connectors/http_sink/renderer.h"
#include "connectors/http_sink/sink_config.h"
#include "connectors/sdk/plugin.h"

namespace sluice::http_sink {

class HttpSinkTask : public sdk::SinkTask {
 public:
  void Start(const sdk::Config& config) override;
  void Revoked(const std::vector<sdk::PartitionOffset>& gone, bool lost) override;
  void Put(const sdk::SinkBatch& batch) override;
  void Stop() override;

 private:
  // What is made of the configuration, once.
  struct Parts {
    Parts(SinkConfig from, const sdk::Logger& log);
    const SinkConfig config;
    const std::unique_ptr<http::Client> client;
    http::Authorization authorization;
    Renderer renderer;
    Delivery delivery;
  };

  void Forget();
  bool LeaveRest(const sdk::SinkBatch& batch);
  void Render(const sdk::SinkBatch& batch);
  bool WasSettled(const sdk::SinkRecord& record);
  bool RenderOne(const sdk::SinkRecord& record, std::string& body, Item& item);

  std::unique_ptr<Parts> parts_;
  // For Stop, which may come while Start makes the parts.
  std::mutex stop_mutex_;
  bool stopped_ = false;

  // The put under way: which, and what was bad in it before anything was sent.
  std::optional<uint64_t> under_way_;
  std::vector<Delivery::Rejected> unfit_;
  std::shared_ptr<const std::string> topic_;  // the last record's
  // What was settled of a put that comes again without the records of some partitions; of what was
  // rejected, why.
  using Place = std::tuple<std::string, int32_t, int64_t>;  // topic, partition, offset
  std::map<Place, std::optional<std::string>> settled_;
  // What a stop found unsettled: kept, so that no offset passes it, until the task is closed.
  sdk::KeptBatch rest_;
};

class HttpSinkConnector : public sdk::SinkConnector {
 public:
  using Task = HttpSinkTask;
  static sdk::ClassInfo Describe();
  static void Validate(const sdk::Config& config, sdk::Problems& problems) {
    ValidateConfig(config, problems);
  }
  void Start(const sdk::Config& config) override;
};

}  // namespace sluice::http_sink

#endif  // SLUICE_CONNECTORS_HTTP_SINK_HTTP_SINK_H_
