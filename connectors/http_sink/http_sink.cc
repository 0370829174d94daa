#include "connectors/http_sink/http_sink.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include "connectors/http/curl_client.h"
#include "connectors/http_sink/place_hash.h"
#include "connectors/http_sink/renderer.h"

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

// Tells puts apart: the same records in the same order.
uint64_t IdentityOf(const sdk::SinkBatch& batch) {
  PlaceHash hash;
  for (const sdk::SinkRecord record : batch) {
    hash.Add(record.original_topic()).Add(record.original_partition()).Add(record.offset());
  }
  return hash.value();
}

// Records of one topic, partition and key have one lane.
size_t LaneOf(const sdk::SinkRecord& record) {
  PlaceHash hash;
  hash.Add(record.original_topic()).Add(record.original_partition());
  if (abi::IsText(record.key())) {
    hash.Add(abi::Text(record.key()));
  } else if (!abi::IsNull(record.key())) {
    std::string key;
    AppendPlain(key, record.key());
    hash.Add(key);
  }
  return static_cast<size_t>(hash.value() ^ hash.value() >> 32);
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

// The put under way comes again without what has gone.
void HttpSinkTask::Revoked(const std::vector<sdk::PartitionOffset>& gone, bool) {
  const auto is_gone = [&](const std::string& topic, int32_t partition) {
    return std::any_of(gone.begin(), gone.end(), [&](const sdk::PartitionOffset& one) {
      return one.partition == partition && one.topic == topic;
    });
  };
  std::erase_if(settled_, [&](const auto& entry) {
    return is_gone(std::get<0>(entry.first), std::get<1>(entry.first));
  });
  parts_->delivery.EachSettled([&](const Item& item, const std::string* why) {
    if (is_gone(*item.topic, item.partition)) return;
    settled_[{*item.topic, item.partition, item.offset}] =
        why == nullptr ? std::nullopt : std::optional<std::string>(*why);
  });
  Forget();
}

// The task is being stopped in the middle of a put: what is settled is told, and does not come
// again. False: there is nothing to tell.
bool HttpSinkTask::LeaveRest(const sdk::SinkBatch& batch) {
  if (rest_) return false;
  std::vector<bool> open(batch.size(), false);
  size_t count = 0;
  for (const Item& item : parts_->delivery.items()) open[item.index] = true;
  parts_->delivery.EachSettled(
      [&](const Item& item, const std::string*) { open[item.index] = false; });
  for (bool one : open) count += one ? 1 : 0;
  if (count == batch.size()) return false;
  sdk::KeptBatch kept = batch.Keep();
  if (!kept) return false;
  std::vector<bool> told = std::move(open);  // or not to be told
  for (const auto& list : {std::cref(unfit_), std::cref(parts_->delivery.rejected())}) {
    for (const Delivery::Rejected& record : list.get()) {
      kept.Reject(record.index, record.why);
      told[record.index] = true;
    }
  }
  for (size_t i = 0; i < told.size(); ++i) {
    if (!told[i]) kept.Done(i);
  }
  rest_ = std::move(kept);
  return true;
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
      if (parts_->delivery.stopping() && LeaveRest(batch)) return Forget();
      RetryAfter(*wait);
      throw sdk::RetriableException(parts_->delivery.waiting_for());
    }
  } catch (const sdk::RetriableException&) {
    throw;
  } catch (...) {
    Forget();
    settled_.clear();
    throw;
  }
  for (const auto& list : {std::cref(unfit_), std::cref(parts_->delivery.rejected())}) {
    for (const Delivery::Rejected& record : list.get()) batch.Reject(record.index, record.why);
  }
  Forget();
  settled_.clear();
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

// It was settled in a put that this one is a part of.
bool HttpSinkTask::WasSettled(const sdk::SinkRecord& record) {
  if (settled_.empty()) return false;
  const auto found = settled_.find(
      {std::string(record.original_topic()), record.original_partition(), record.offset()});
  if (found == settled_.end()) return false;
  if (found->second) unfit_.push_back({static_cast<uint32_t>(record.index()), *found->second, 0});
  return true;
}

// False: it is not to be sent.
bool HttpSinkTask::RenderOne(const sdk::SinkRecord& record, std::string& body, Item& item) {
  if (WasSettled(record)) return false;
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
    const bool fails = config.null_fails && abi::IsNull(record.value());
    if (config.on_error == ErrorBehavior::kFail || fails) {
      if (!config.tolerant) throw sdk::DataException(why);
      unfit_.push_back({static_cast<uint32_t>(record.index()), why, 0});
    } else {
      log().Count("records-left-out");
      if (config.on_error == ErrorBehavior::kLog) {
        log().Error("Left out by behavior.on.error=log: ", why);
      }
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
