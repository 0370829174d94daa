// ConnectorPlugin over sluice_connector_calls.
#include <optional>

#include "runtime/abi/check.h"
#include "runtime/abi/views.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/plugin/tables.h"

namespace sluice::plugin {
namespace {

constexpr size_t kTasksMax = 100'000;
constexpr size_t kConfigTextMax = size_t{1} << 20;

class TableConnector : public ConnectorPlugin {
 public:
  TableConnector(Callee callee, const sluice_connector_calls& calls, ConnectorHost& host)
      : callee_(std::move(callee)), calls_(calls), host_(host) {
    c_host_.struct_size = sizeof c_host_;
    c_host_.context = this;
    c_host_.log = &Log;
    c_host_.metric = &Metric;
    c_host_.stored_offset = &StoredOffset;
    c_host_.request_reconfiguration = &RequestReconfiguration;
    c_host_.raise_error = &RaiseError;
    c_host_.config = &ResolvedConfig;
  }

  ~TableConnector() override {
    if (handle_ == nullptr) return;
    if (started_ && !stopped_) Stop();
    Note(CallVoid(callee_, "close", [&] {
      CallScope::Enter enter(scope_);
      calls_.close(handle_);
    }));
  }

  Status Create() {
    sluice_error error;
    Status status = Call(callee_, "create", error, [&]() -> sluice_code {
      CallScope::Enter enter(scope_);
      handle_ = calls_.create(&c_host_, &error);
      if (handle_ != nullptr) return SLUICE_OK;
      return error.code == SLUICE_OK ? SLUICE_FAILED : error.code;
    });
    return status;
  }

  Status Start(const config::ConfigMap& config) override {
    sluice_error error;
    started_ = true;
    stopped_ = false;
    return Call(callee_, "start", error, [&]() -> sluice_code {
      CallScope::Enter enter(scope_);
      const ConfigView view(config);
      return calls_.start(handle_, view.get(), &error);
    });
  }

  StatusOr<std::vector<config::ConfigMap>> TaskConfigs(int max) override {
    sluice_error error;
    Collector collector;
    SLUICE_RETURN_IF_ERROR(Call(callee_, "task_configs", error, [&]() -> sluice_code {
      CallScope::Enter enter(scope_);
      return calls_.task_configs(handle_, max, &Collect, &collector, &error);
    }));
    if (!collector.problem.empty()) return callee_.Broken("task_configs", collector.problem);
    return std::move(collector.configs);
  }

  StatusOr<bool> AlterOffsets(
      const config::ConfigMap& config,
      const std::vector<std::pair<sluice_value, sluice_value>>& offsets) override {
    if (calls_.alter_offsets == nullptr) {
      return ExceptionError(absl::StatusCode::kUnimplemented,
                            "java.lang.UnsupportedOperationException",
                            StrCat(callee_.class_name, " does not support altering offsets"));
    }
    std::vector<sluice_value> partitions, values;
    for (const auto& [partition, offset] : offsets) {
      partitions.push_back(partition);
      values.push_back(offset);
    }
    sluice_error error;
    int32_t managed = 0;
    SLUICE_RETURN_IF_ERROR(Call(callee_, "alter_offsets", error, [&]() -> sluice_code {
      CallScope::Enter enter(scope_);
      const ConfigView view(config);
      return calls_.alter_offsets(handle_, view.get(), partitions.data(), values.data(),
                                  offsets.size(), &managed, &error);
    }));
    return managed != 0;
  }

  void Stop() override {
    stopped_ = true;
    if (calls_.stop == nullptr) return;
    Note(CallVoid(callee_, "stop", [&] {
      CallScope::Enter enter(scope_);
      calls_.stop(handle_);
    }));
  }

  void RequestStop() override {
    if (calls_.stop != nullptr) Note(CallVoid(callee_, "stop", [&] { calls_.stop(handle_); }));
  }

 private:
  struct Collector {
    std::vector<config::ConfigMap> configs;
    std::string problem;
  };

  void Note(const Status& status) {
    if (!status.ok()) host_.Log(SLUICE_LOG_ERROR, Message(status));
  }

  static void Collect(void* context, sluice_config config) {
    auto& out = *static_cast<Collector*>(context);
    if (out.configs.size() >= kTasksMax) {
      out.problem = StrCat("gave more than ", kTasksMax, " task configurations");
      return;
    }
    config::ConfigMap& map = out.configs.emplace_back();
    for (size_t i = 0; i < config.count; ++i) {
      const sluice_key_value& entry = config.entries[i];
      if (entry.key.data == nullptr || entry.key.size == 0) {
        out.problem = StrCat("gave task ", out.configs.size() - 1, " a key without a name");
        return;
      }
      if (entry.value.data == nullptr) continue;  // null: not set
      map.Set(SafeText(entry.key, kConfigTextMax), SafeText(entry.value, kConfigTextMax));
    }
  }

  static TableConnector* Self(void* context) { return static_cast<TableConnector*>(context); }
  static void Log(void* context, sluice_log_level level, sluice_str text) {
    Self(context)->host_.Log(level, SafeText(text, kLogTextMax));
  }
  static void Metric(void* context, sluice_str name, sluice_metric_kind kind, double value) {
    Self(context)->host_.Metric(SafeText(name, kMetricNameMax), kind, value);
  }
  static sluice_code StoredOffset(void* context, const sluice_value* partitions, size_t count,
                                  const sluice_value** offsets, sluice_error* error) {
    TableConnector* self = Self(context);
    if (!self->scope_.here()) {
      return FillError(self->callee_.Broken("stored_offset", "was called outside of a call"),
                       error);
    }
    self->arena_.Reset();
    StatusOr<std::vector<sluice_value>> found =
        self->host_.StoredOffsets(partitions, count, self->arena_);
    if (!found.ok()) return FillError(found.status(), error);
    self->answer_ = *std::move(found);
    *offsets = self->answer_.data();
    return SLUICE_OK;
  }
  static void RequestReconfiguration(void* context) {
    Self(context)->host_.RequestReconfiguration();
  }
  static void RaiseError(void* context, const sluice_error* error) {
    TableConnector* self = Self(context);
    self->host_.RaiseError(error == nullptr
                               ? self->callee_.Broken("raise_error", "was called without an error")
                               : self->callee_.ToStatus("raise_error", SLUICE_FAILED, *error));
  }
  static sluice_code ResolvedConfig(void* context, sluice_config* config, sluice_error* error) {
    TableConnector* self = Self(context);
    if (!self->scope_.here()) {
      return FillError(self->callee_.Broken("config", "was called outside of a call"), error);
    }
    StatusOr<config::ConfigMap> resolved = self->host_.ResolvedConfig();
    if (!resolved.ok()) return FillError(resolved.status(), error);
    self->resolved_ = *std::move(resolved);
    self->resolved_view_.emplace(self->resolved_);
    *config = self->resolved_view_->get();
    return SLUICE_OK;
  }

  const Callee callee_;
  const sluice_connector_calls& calls_;
  ConnectorHost& host_;
  sluice_connector_host c_host_{};
  CallScope scope_;
  void* handle_ = nullptr;
  bool started_ = false, stopped_ = false;
  // What the host's functions answered, until the next call.
  abi::Arena arena_;
  std::vector<sluice_value> answer_;
  config::ConfigMap resolved_;
  std::optional<ConfigView> resolved_view_;
};

}  // namespace

const sluice_connector_calls& ConnectorCallsOf(const sluice_class& of) {
  return of.kind == SLUICE_SOURCE ? *static_cast<const sluice_source_table*>(of.table)->connector
                                  : *static_cast<const sluice_sink_table*>(of.table)->connector;
}

StatusOr<std::unique_ptr<ConnectorPlugin>> MakeConnector(Callee callee, const sluice_class& of,
                                                         ConnectorHost& host) {
  auto made = std::make_unique<TableConnector>(std::move(callee), ConnectorCallsOf(of), host);
  SLUICE_RETURN_IF_ERROR(made->Create());
  return std::unique_ptr<ConnectorPlugin>(std::move(made));
}

}  // namespace sluice::plugin
