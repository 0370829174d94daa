// HttpSourceConnector, by Confluent's name: asks an HTTP server for records, again and again. A
// task has one stream for each of its entities, each with a position of its own (paging.h), and one
// request under way at a time. A poll that ends before the answer is there leaves it under way.
#ifndef SLUICE_CONNECTORS_HTTP_SOURCE_HTTP_SOURCE_H_
#define SLUICE_CONNECTORS_HTTP_SOURCE_HTTP_SOURCE_H_

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "connectors/http/authorization.h"
#include "connectors/http/client.h"
#include "connectors/http_source/paging.h"
#include "connectors/http_source/source_config.h"
#include "connectors/sdk/plugin.h"

namespace sluice::http_source {

class HttpSourceTask : public sdk::SourceTask {
 public:
  void Start(const sdk::Config& config) override;
  void Poll(sdk::RecordBatch& batch, sdk::milliseconds timeout) override;
  void Stop() override;

 private:
  using Clock = std::chrono::steady_clock;
  struct Stream {
    std::string entity, topic;
    const sdk::Value* partition;
    Paging paging;
    Clock::time_point due{};
    int64_t failures = 0;
    bool renewed = false;  // the request was sent with a fresh token
    bool warned = false;   // the log has a warning of it
  };
  // What is made of the configuration, once.
  struct Parts {
    explicit Parts(SourceConfig from);
    const SourceConfig config;
    const std::unique_ptr<http::Client> client;
    http::Authorization authorization;
  };

  Stream& Earliest();
  // False: no token for now; it was waited for up to `most`.
  bool Send(Stream& stream, sdk::milliseconds most);
  void Finish(Stream& stream, const http::Outcome& outcome, sdk::RecordBatch& batch);
  void TakePage(Stream& stream, const http::Outcome& outcome, sdk::RecordBatch& batch);
  sdk::NewRecord Add(const Stream& stream, const JsonPage& page, size_t index,
                     sdk::RecordBatch& batch);
  void TryAgain(Stream& stream, std::optional<std::chrono::milliseconds> asked_for, bool counts,
                const std::string& what);
  std::string Describe(const http::Outcome& outcome, const std::string& token) const;

  std::unique_ptr<Parts> parts_;
  std::vector<std::unique_ptr<Stream>> streams_;
  Stream* asking_ = nullptr;  // whose request is under way
  std::string token_;         // that it was sent with
  std::minstd_rand random_{std::random_device{}()};
  const sdk::Schema no_schema_;
  const sdk::Schema string_ = sdk::schemas::String();
  // For Stop, which may come while Start makes the parts.
  std::mutex stop_mutex_;
};

class HttpSourceConnector : public sdk::SourceConnector {
 public:
  using Task = HttpSourceTask;
  static sdk::ClassInfo Describe();
  static void Validate(const sdk::Config& config, sdk::Problems& problems) {
    ValidateConfig(config, problems);
  }
  void Start(const sdk::Config& config) override;
  // Entities are shared out; there are no more tasks than entities.
  std::vector<sdk::Config::Map> TaskConfigs(int max) override;
  bool AlterOffsets(const sdk::Config& config,
                    const std::vector<sdk::OffsetChange>& changes) override;
};

}  // namespace sluice::http_source

#endif  // SLUICE_CONNECTORS_HTTP_SOURCE_HTTP_SOURCE_H_
