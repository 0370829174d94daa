// For the tests of Delivery: one over a client and a clock of the test's own.
#ifndef SLUICE_CONNECTORS_HTTP_SINK_DELIVERY_FIXTURE_H_
#define SLUICE_CONNECTORS_HTTP_SINK_DELIVERY_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connectors/http/fake_client.h"
#include "connectors/http_sink/delivery.h"
#include "connectors/http_sink/sink_fixture.h"

namespace sluice::http_sink {

using http::Answer;
using http::Away;
using http::Outcome;
using http::Request;
using std::chrono::milliseconds;
using Strings = std::vector<std::string>;

inline constexpr milliseconds kLong{1'000'000};

class DeliveryTest : public testing::Test {
 protected:
  void Start(sdk::Config::Map given, size_t slots = 1) {
    given.emplace("retry.backoff.ms", "100");
    config_ = Read(std::move(given));
    client_ = std::make_unique<http::FakeClient>(clock_, slots);
    auto token_client = std::make_unique<http::FakeClient>(clock_);
    token_client_ = token_client.get();
    authorization_ = std::make_unique<http::Authorization>(
        config_.authorization, std::move(token_client), clock_.reader());
    delivery_ = std::make_unique<Delivery>(config_, *client_, *authorization_, clock_.reader(),
                                           sdk::Logger());
  }
  void StartBatching(sdk::Config::Map given = {}) {
    given.emplace("batching.enabled", "true");
    given.emplace("batch.separator", ",");
    given.emplace("batch.suffix", "");
    given.emplace("errors.tolerance", "all");
    Start(std::move(given));
  }
  // One record for each text; its lane is its first character.
  void Begin(const Strings& texts) {
    std::vector<Item> items;
    std::string body;
    for (const std::string& text : texts) {
      Item item;
      item.index = static_cast<uint32_t>(items.size());
      item.topic = topic_;
      item.offset = static_cast<int64_t>(items.size());
      item.lane = static_cast<size_t>(text[0]);
      item.target = target_;
      item.begin = body.size();
      body += text;
      item.end = body.size();
      items.push_back(std::move(item));
    }
    delivery_->Begin(std::move(items), std::move(body));
  }
  // Turns the clock through the back-offs until all is settled.
  void RunToEnd() {
    for (int i = 0; i < 1000; ++i) {
      const std::optional<milliseconds> wait = delivery_->Run(kLong);
      if (!wait) return;
      waits_.push_back(*wait);
      clock_.now += *wait;
    }
    FAIL() << "it does not end";
  }
  Strings Rejected() const {
    Strings all;
    for (const auto& rejected : delivery_->rejected())
      all.push_back(std::to_string(rejected.index));
    return all;
  }
  template <typename Error>
  std::string Failure() {
    try {
      RunToEnd();
    } catch (const Error& error) {
      return error.what();
    }
    ADD_FAILURE() << "nothing was thrown";
    return "";
  }

  http::FakeClock clock_;
  SinkConfig config_;
  std::unique_ptr<http::FakeClient> client_;
  http::FakeClient* token_client_ = nullptr;
  std::unique_ptr<http::Authorization> authorization_;
  std::unique_ptr<Delivery> delivery_;
  const std::shared_ptr<const std::string> topic_ = std::make_shared<const std::string>("t");
  TargetPtr target_ = std::make_shared<const Target>(Target{"POST", "http://fake/in", {}, ""});
  std::vector<milliseconds> waits_;
};

}  // namespace sluice::http_sink

#endif  // SLUICE_CONNECTORS_HTTP_SINK_DELIVERY_FIXTURE_H_
