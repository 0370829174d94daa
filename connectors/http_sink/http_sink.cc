#include "connectors/http_sink/http_sink.h"

#include <chrono>
#include <functional>
#include <utility>

#include "connectors/http/curl_client.h"
#include "connectors/http_sink/json_writer.h"

namespace sluice::http_sink {
namespace {

using sdk::milliseconds;
using std::chrono::steady_clock;

// A put that takes longer gives the worker's loop a turn, and goes on then.
constexpr milliseconds kPutMax{10'000};

// The record's place in Kafka, for texts.
std::string NameOf(const sdk::SinkRecord& record) {
  return sdk::Cat(record.original_topic(), "-", record.original_partition(), "@", record.offset());
}

void Mix(uint64_t& hash, std::string_view bytes) {
  for (char c : bytes) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
}
void Mix(uint64_t& hash, int64_t number) {
  Mix(hash, {reinterpret_cast<const char*>(&number), sizeof number});
}
constexpr uint64_t kHashBegin = 0xcbf29ce484222325;

// Tells puts apart: the same records in the same order.
uint64_t IdentityOf(const sdk::SinkBatch& batch) {
  uint64_t hash = kHashBegin;
  for (const sdk::SinkRecord record : batch) {
    Mix(hash, record.original_topic());
    Mix(hash, record.original_partition());
    Mix(hash, record.offset());
  }
  return hash;
}

// Records of one topic, partition and key have one lane.
size_t LaneOf(const sdk::SinkRecord& record) {
  uint64_t hash = kHashBegin;
  Mix(hash, record.original_topic());
  Mix(hash, record.original_partition());
  if (abi::IsText(record.key())) {
    Mix(hash, abi::Text(record.key()));
  } else if (!abi::IsNull(record.key())) {
    std::string key;
    AppendPlain(key, record.key());
    Mix(hash, key);
  }
  return static_cast<size_t>(hash ^ hash >> 32);
}

}  // namespace

HttpSinkTask::Parts::Parts(SinkConfig from, const sdk::Logger& log)
    : config(std::move(from)),
      client(std::make_unique<http::CurlClient>(config.client)),
      authorization(config.authorization,
                    http::MakeTokenClient(config.authorization, config.client), &steady_clock::now),
      renderer(config),
      delivery(config, *client, authorization, &steady_clock::now, log) {}

void HttpSinkTask::Start(const sdk::Config& config) {
  auto parts = std::make_unique<Parts>(ReadConfig(config), log());
  for (const std::string& key : parts->config.ignored) {
    log().Warn("The key ", key,
               " means nothing to this connector and is ignored: dead letters are ",
               "the worker's (errors.deadletterqueue.topic.name)");
  }
  std::lock_guard<std::mutex> lock(stop_mutex_);
  parts_ = std::move(parts);
  if (stopped_) parts_->delivery.Stop();
}

void HttpSinkTask::Stop() {
  std::lock_guard<std::mutex> lock(stop_mutex_);
  stopped_ = true;
  if (parts_ != nullptr) parts_->delivery.Stop();
}

void HttpSinkTask::Forget() {
  under_way_.reset();
  unfit_.clear();
  parts_->delivery.Drop();
}

void HttpSinkTask::Put(const sdk::SinkBatch& batch) {
  if (batch.empty()) return;
  const uint64_t identity = IdentityOf(batch);
  try {
    if (under_way_ != identity) {
      Forget();
      Render(batch);
      under_way_ = identity;
    }
    if (const std::optional<milliseconds> wait = parts_->delivery.Run(kPutMax)) {
      RetryAfter(*wait);
      throw sdk::RetriableException(parts_->delivery.waiting_for());
    }
  } catch (const sdk::RetriableException&) {
    throw;
  } catch (...) {
    Forget();
    throw;
  }
  for (const auto& list : {std::cref(unfit_), std::cref(parts_->delivery.rejected())}) {
    for (const Delivery::Rejected& record : list.get()) batch.Reject(record.index, record.why);
  }
  Forget();
}

void HttpSinkTask::Render(const sdk::SinkBatch& batch) {
  std::vector<Item> items;
  items.reserve(batch.size());
  std::string body;
  for (const sdk::SinkRecord record : batch) {
    Item item;
    if (RenderOne(record, body, item)) items.push_back(std::move(item));
  }
  parts_->delivery.Begin(std::move(items), std::move(body));
}

// False: it is not to be sent.
bool HttpSinkTask::RenderOne(const sdk::SinkRecord& record, std::string& body, Item& item) {
  const SinkConfig& config = parts_->config;
  item.begin = body.size();
  try {
    std::optional<TargetPtr> target = parts_->renderer.Render(record, body);
    if (!target) {
      if (config.on_null == NullBehavior::kLog) {
        log().Warn("The record ", NameOf(record), " has no value and is left out");
      }
      return false;
    }
    item.target = *std::move(target);
    item.lane = config.client.connections > 1 ? LaneOf(record) : 0;
  } catch (const sdk::DataException& bad) {
    body.resize(item.begin);
    const std::string why =
        sdk::Cat("The record ", NameOf(record), " cannot be sent: ", bad.what());
    if (config.on_error == ErrorBehavior::kFail) {
      if (!config.tolerant) throw sdk::DataException(why);
      unfit_.push_back({static_cast<uint32_t>(record.index()), why});
    } else if (config.on_error == ErrorBehavior::kLog) {
      log().Error("Left out by behavior.on.error=log: ", why);
    }
    return false;
  }
  item.index = static_cast<uint32_t>(record.index());
  if (topic_ == nullptr || *topic_ != record.original_topic()) {
    topic_ = std::make_shared<const std::string>(record.original_topic());
  }
  item.topic = topic_;
  item.partition = record.original_partition();
  item.offset = record.offset();
  item.end = body.size();
  return true;
}

sdk::ClassInfo HttpSinkConnector::Describe() {
  return {
      .name = "io.aiven.kafka.connect.http.HttpSinkConnector",
      .doc = "Sends records to an HTTP server, one or several in a request.",
      .keys = Keys(),
      .aliases = {"io.confluent.connect.http.HttpSinkConnector", "HttpSinkConnector", "HttpSink"}};
}

void HttpSinkConnector::Start(const sdk::Config& config) {
  const SinkConfig read = ReadConfig(config);  // what cannot work is said here, not by each task
  log().Info("Sending to ", read.origin.empty() ? "a host that records name" : read.origin);
}

}  // namespace sluice::http_sink
