// SinkPlugin over a sluice_sink_table.
#include <algorithm>
#include <atomic>
#include <optional>

#include "runtime/abi/views.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/plugin/tables.h"

namespace sluice::plugin {
namespace {

class TableSink : public SinkPlugin {
 public:
  TableSink(Callee callee, const sluice_sink_table& table, SinkHost& host)
      : callee_(std::move(callee)), table_(table), host_(host) {
    c_host_.struct_size = sizeof c_host_;
    c_host_.context = this;
    c_host_.log = &Log;
    c_host_.metric = &Metric;
    c_host_.config = &ResolvedConfig;
    c_host_.assignment = &Assignment;
    c_host_.pause = &Pause;
    c_host_.resume = &Resume;
    c_host_.seek = &Seek;
    c_host_.request_commit = &RequestCommit;
    c_host_.retry_after = &RetryAfter;
    c_host_.verdict = &Verdict;
    c_host_.retain = &Retain;
    c_host_.release = &Release;
  }

  ~TableSink() override {
    if (handle_ == nullptr) return;
    if (started_) RequestStop();
    Note(CallVoid(callee_, "close", [&] {
      CallScope::Enter enter(scope_);
      table_.close(handle_);
    }));
  }

  Status Create() {
    sluice_error error;
    return Call(callee_, "create", error, [&]() -> sluice_code {
      CallScope::Enter enter(scope_);
      handle_ = table_.create(&c_host_, &error);
      if (handle_ != nullptr) return SLUICE_OK;
      return error.code == SLUICE_OK ? SLUICE_FAILED : error.code;
    });
  }

  bool put_atomic() const override { return table_.put_atomic != 0; }

  Status Start(const config::ConfigMap& config) override {
    sluice_error error;
    started_ = true;
    return Call(callee_, "start", error, [&]() -> sluice_code {
      CallScope::Enter enter(scope_);
      const ConfigView view(config);
      return table_.start(handle_, view.get(), &error);
    });
  }

  Status Assigned(const std::vector<sluice_topic_partition>& partitions) override {
    if (table_.assigned == nullptr) return OkStatus();
    sluice_error error;
    return Call(callee_, "assigned", error, [&]() -> sluice_code {
      CallScope::Enter enter(scope_);
      return table_.assigned(handle_, partitions.data(), partitions.size(), &error);
    });
  }

  Status Revoked(const std::vector<sluice_topic_partition>& partitions, bool lost) override {
    if (table_.revoked == nullptr) return OkStatus();
    sluice_error error;
    return Call(callee_, "revoked", error, [&]() -> sluice_code {
      CallScope::Enter enter(scope_);
      return table_.revoked(handle_, partitions.data(), partitions.size(), lost ? 1 : 0, &error);
    });
  }

  PutResult Put(const sluice_batch* batch) override {
    PutResult result;
    result.error = Call(callee_, "put", put_error_, [&]() -> sluice_code {
      CallScope::Enter enter(scope_);
      return result.code = table_.put(handle_, batch, &put_error_);
    });
    if (result.error.ok()) {
      result.code = SLUICE_OK;
    } else if (result.code != SLUICE_RETRY && result.code != SLUICE_BAD_RECORD) {
      result.code = SLUICE_FAILED;  // also for what an exception or garbage left
    }
    return result;
  }

  Status Flush(std::vector<sluice_topic_partition>& offsets) override {
    if (table_.flush == nullptr) return OkStatus();
    sluice_error error;
    const std::vector<sluice_topic_partition> given = offsets;
    const Status status = Call(callee_, "flush", error, [&]() -> sluice_code {
      CallScope::Enter enter(scope_);
      return table_.flush(handle_, offsets.data(), offsets.size(), &error);
    });
    if (!status.ok()) {
      offsets = given;
      return status;
    }
    for (size_t i = 0; i < given.size(); ++i) {
      const int64_t answered = offsets[i].offset;
      offsets[i] = given[i];  // only the offset is the plugin's to change
      offsets[i].offset = answered;
      if (answered == SLUICE_NO_OFFSET) continue;
      if (answered < 0 || answered > given[i].offset) {
        offsets = given;
        return callee_.Broken("flush", StrCat("answered the offset ", answered, " for ",
                                              abi::View(given[i].topic), "-", given[i].partition,
                                              ", but only up to ", given[i].offset, " was put"));
      }
    }
    return OkStatus();
  }

  void RequestStop() override {
    if (stop_sent_.exchange(true) || table_.stop == nullptr) return;
    Note(CallVoid(callee_, "stop", [&] { table_.stop(handle_); }));
  }

 private:
  void Note(const Status& status) {
    if (!status.ok()) host_.Log(SLUICE_LOG_ERROR, Message(status));
  }
  // A host function was called: on the thread of a call, or not.
  bool Here(std::string_view function) {
    if (scope_.here()) return true;
    Note(callee_.Broken(function, "was called outside of a call, or from a foreign thread"));
    return false;
  }
  sluice_code Answer(const Status& status) {
    Note(status);
    return status.ok() ? SLUICE_OK : SLUICE_FAILED;
  }

  static TableSink* Self(void* context) { return static_cast<TableSink*>(context); }
  static void Log(void* context, sluice_log_level level, sluice_str text) {
    Self(context)->host_.Log(level, SafeText(text, kLogTextMax));
  }
  static void Metric(void* context, sluice_str name, sluice_metric_kind kind, double value) {
    Self(context)->host_.Metric(SafeText(name, kMetricNameMax), kind, value);
  }
  static sluice_code ResolvedConfig(void* context, sluice_config* config, sluice_error* error) {
    TableSink* self = Self(context);
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
  static void Assignment(void* context, const sluice_topic_partition** partitions, size_t* count) {
    *partitions = nullptr;
    *count = 0;
    if (!Self(context)->Here("assignment")) return;
    const std::vector<sluice_topic_partition>& list = Self(context)->host_.Assignment();
    *partitions = list.data();
    *count = list.size();
  }
  static sluice_code Pause(void* context, const sluice_topic_partition* list, size_t count) {
    if (!Self(context)->Here("pause")) return SLUICE_FAILED;
    return Self(context)->Answer(Self(context)->host_.Pause(list, count));
  }
  static sluice_code Resume(void* context, const sluice_topic_partition* list, size_t count) {
    if (!Self(context)->Here("resume")) return SLUICE_FAILED;
    return Self(context)->Answer(Self(context)->host_.Resume(list, count));
  }
  static sluice_code Seek(void* context, const sluice_topic_partition* list, size_t count) {
    if (!Self(context)->Here("seek")) return SLUICE_FAILED;
    return Self(context)->Answer(Self(context)->host_.Seek(list, count));
  }
  static void RequestCommit(void* context) {
    if (Self(context)->Here("request_commit")) Self(context)->host_.RequestCommit();
  }
  static void RetryAfter(void* context, int64_t ms) {
    if (!Self(context)->Here("retry_after")) return;
    Self(context)->host_.RetryAfter(milliseconds(std::max<int64_t>(ms, 0)));
  }
  static sluice_code Verdict(void* context, const sluice_batch* batch, size_t index,
                             sluice_code code, const sluice_error* error) {
    TableSink* self = Self(context);
    if (!self->Here("verdict")) return SLUICE_FAILED;
    Status why;
    if (code != SLUICE_OK) {
      if (code != SLUICE_BAD_RECORD) {
        return self->Answer(self->callee_.Broken(
            "verdict", StrCat("has the code ", code, "; it should be 0 (OK) or 2 (BAD_RECORD)")));
      }
      why = error == nullptr ? DataError("the sink rejected the record and did not say why")
                             : self->callee_.ToStatus("put", code, *error);
    }
    return self->Answer(self->host_.Verdict(batch, index, code, std::move(why)));
  }
  static const sluice_batch* Retain(void* context, const sluice_batch* batch) {
    return Self(context)->Here("retain") ? Self(context)->host_.Retain(batch) : nullptr;
  }
  static void Release(void* context, const sluice_batch* batch) {
    if (Self(context)->Here("release")) Self(context)->host_.Release(batch);
  }

  const Callee callee_;
  const sluice_sink_table& table_;
  SinkHost& host_;
  sluice_sink_host c_host_{};
  CallScope scope_;
  void* handle_ = nullptr;
  bool started_ = false;
  std::atomic<bool> stop_sent_{false};
  sluice_error put_error_;
  config::ConfigMap resolved_;  // what the host answered, until the next call
  std::optional<ConfigView> resolved_view_;
};

}  // namespace

StatusOr<std::unique_ptr<SinkPlugin>> MakeSink(Callee callee, const sluice_class& of,
                                               SinkHost& host) {
  auto made = std::make_unique<TableSink>(std::move(callee),
                                          *static_cast<const sluice_sink_table*>(of.table), host);
  SLUICE_RETURN_IF_ERROR(made->Create());
  return std::unique_ptr<SinkPlugin>(std::move(made));
}

}  // namespace sluice::plugin
