// The lesson: a whole source connector. It sends a tick, with its number, every interval.ms.
#include <chrono>

#include "connectors/sdk/plugin.h"

namespace {
using namespace sluice::sdk;  // NOLINT: a connector speaks the SDK's language
using Clock = std::chrono::steady_clock;

class TickerTask : public SourceTask {
 public:
  void Start(const Config& config) override {
    topic_ = config.GetString("topic");
    interval_ = config.GetMillis("interval.ms");
    // What the ticks are resumed by: a source partition, and in it the number of the last tick.
    partition_ = MakeMap({{"ticker", String(config.GetString("name"))}});
    last_ = StoredNumber(*partition_, "tick").value_or(0);
    due_ = Clock::now();
  }

  void Poll(RecordBatch& batch, milliseconds timeout) override {
    const auto wait = std::chrono::ceil<milliseconds>(due_ - Clock::now());
    if (!WaitFor(std::clamp(wait, milliseconds(0), timeout)) || Clock::now() < due_) return;
    due_ += interval_;
    ++last_;
    batch.Add(topic_).Value(schema_, Int64(last_)).From(partition_, "tick", last_);
  }

 private:
  const Schema schema_ = schemas::Int64();
  std::string topic_;
  milliseconds interval_{0};
  const Value* partition_ = nullptr;
  int64_t last_ = 0;
  Clock::time_point due_;
};

class TickerConnector : public SourceConnector {
 public:
  using Task = TickerTask;
  static ClassInfo Describe() {
    return {.name = "dev.sluice.ticker.TickerSourceConnector",
            .doc = "Sends a number, one higher each time, at a regular interval.",
            .keys = {ConfigKey("topic").High().NonEmpty().Doc("Topic that the ticks go to."),
                     ConfigKey("interval.ms", ConfigType::kLong)
                         .Default("1000")
                         .AtLeast(1)
                         .Doc("Milliseconds from one tick to the next.")}};
  }
  // One counter, one task.
  std::vector<Config::Map> TaskConfigs(int) override { return {config().given()}; }
};

}  // namespace

SLUICE_PLUGIN("ticker", "0.1.0", TickerConnector)
