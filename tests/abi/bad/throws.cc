// Two plugins that throw out of every call. One is made with the SDK, which must turn each into an
// answer; the other is a table of bare functions that break the rule, as an author without the SDK
// might.
#include <stdexcept>
#include <vector>

#include "connectors/sdk/plugin.h"

namespace {
using namespace sluice::sdk;  // NOLINT

[[noreturn]] void Throw(const char* where) {
  throw std::runtime_error(std::string("thrown in ") + where);
}

class ThrowingSource : public SourceTask {
 public:
  void Start(const Config& config) override {
    if (config.GetString("at") == "start") Throw("start");
    at_ = config.GetString("at");
  }
  void Poll(RecordBatch& batch, milliseconds) override {
    if (at_ == "poll") Throw("poll");
    if (at_ == "poll int") throw 5;  // NOLINT
    batch.Add("t").Text({}, "x");
  }
  void Acked(const sluice_record&, const Ack&) override { Throw("acked"); }
  void Committed(const std::vector<CommittedOffset>&) override { Throw("committed"); }
  void Stop() override { Throw("stop"); }

 private:
  std::string at_;
};

class ThrowingSourceConnector : public SourceConnector {
 public:
  using Task = ThrowingSource;
  static ClassInfo Describe() {
    return {.name = "test.ThrowingSourceConnector",
            .keys = {ConfigKey("at").Default(""), ConfigKey("pick").Default("").Recommends()}};
  }
  static void Validate(const Config&, Problems&) { Throw("validate"); }
  static std::vector<std::string> Recommend(std::string_view, const Config&) { Throw("recommend"); }
  static bool ExactlyOnce(const Config&) { Throw("exactly_once"); }
  void Start(const Config& config) override {
    if (config.GetString("at") == "connector start") Throw("connector start");
  }
  std::vector<Config::Map> TaskConfigs(int) override { Throw("task_configs"); }
  bool AlterOffsets(const Config&, const std::vector<OffsetChange>&) override {
    Throw("alter_offsets");
  }
  void Stop() override { Throw("connector stop"); }
};

class ThrowingSink : public SinkTask {
 public:
  void Start(const Config&) override {}
  void Assigned(const std::vector<PartitionOffset>&) override { Throw("assigned"); }
  void Revoked(const std::vector<PartitionOffset>&, bool) override { Throw("revoked"); }
  void Put(const SinkBatch&) override { Throw("put"); }
  void Flush(std::vector<PartitionOffset>&) override { Throw("flush"); }
  void Stop() override { Throw("stop"); }
};

class ThrowingSinkConnector : public SinkConnector {
 public:
  using Task = ThrowingSink;
  static ClassInfo Describe() { return {.name = "test.ThrowingSinkConnector"}; }
};

// ---- Without the SDK ---------------------------------------------------------------------------

char handle;
const sluice_connector_calls kBareCalls = {
    .struct_size = sizeof(sluice_connector_calls),
    .reserved = 0,
    .create = [](const sluice_connector_host*, sluice_error*) -> void* { Throw("create"); },
    .validate = [](sluice_config, sluice_report_fn, void*, sluice_error*) -> sluice_code {
      Throw("validate");
    },
    .recommend = nullptr,
    .start = [](void*, sluice_config, sluice_error*) -> sluice_code { return SLUICE_OK; },
    .task_configs = [](void*, int32_t, sluice_task_config_fn, void*, sluice_error*) -> sluice_code {
      return SLUICE_OK;
    },
    .alter_offsets = nullptr,
    .exactly_once_support = nullptr,
    .can_define_transaction_boundaries = nullptr,
    .stop = nullptr,
    .close = [](void*) {}};
const sluice_source_table kBareTable = {
    .struct_size = sizeof(sluice_source_table),
    .reserved = 0,
    .connector = &kBareCalls,
    .create = [](const sluice_source_host*, sluice_error*) -> void* { return &handle; },
    .start = [](void*, sluice_config, sluice_error*) -> sluice_code { Throw("start"); },
    .poll = [](void*, int64_t, const sluice_batch**, sluice_error*) -> sluice_code { throw 5; },
    .release = [](void*, const sluice_batch*) { Throw("release"); },
    .acked = [](void*, const sluice_batch*, size_t, sluice_str, int32_t,
                int64_t) { Throw("acked"); },
    .committed = [](void*, const sluice_value*, const sluice_value*,
                    size_t) { Throw("committed"); },
    .stop = [](void*) { Throw("stop"); },
    .close = [](void*) { Throw("close"); }};

}  // namespace

extern "C" const sluice_plugin* sluice_plugin_entry_v1(uint16_t major, uint16_t) {
  using sluice::abi::Str;
  static sluice_class bare{};
  bare.struct_size = sizeof bare;
  bare.kind = SLUICE_SOURCE;
  bare.name = Str("test.BareSourceConnector");
  bare.version = Str("1");
  bare.task_class = Str("test.BareSourceTask");
  bare.table = &kBareTable;
  const sluice_plugin* made =
      internal::Entry<ThrowingSourceConnector, ThrowingSinkConnector>("throws", "1", major);
  static const std::vector<const sluice_class*> all{made->classes[0], made->classes[1], &bare};
  static sluice_plugin plugin = *made;
  plugin.classes = all.data();
  plugin.class_count = all.size();
  return &plugin;
}
