// SourcePlugin over a sluice_source_table.
#include <algorithm>
#include <atomic>
#include <optional>

#include "runtime/abi/check.h"
#include "runtime/abi/views.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/plugin/batch_check.h"
#include "runtime/plugin/tables.h"

namespace sluice::plugin {
namespace {

class TableSource : public SourcePlugin {
 public:
  TableSource(Callee callee, const sluice_source_table& table, SourceHost& host)
      : callee_(std::move(callee)), table_(table), host_(host) {
    c_host_.struct_size = sizeof c_host_;
    c_host_.context = this;
    c_host_.log = &Log;
    c_host_.metric = &Metric;
    c_host_.stored_offset = &StoredOffset;
    c_host_.config = &ResolvedConfig;
    c_host_.transaction_commit = &EndTransaction;
    c_host_.transaction_abort = &EndTransaction;
  }

  ~TableSource() override {
    if (handle_ == nullptr) return;
    if (started_) RequestStop();
    while (!out_.empty()) Release(out_.back());  // the order that the ABI promises
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

  Status Start(const config::ConfigMap& config) override {
    sluice_error error;
    started_ = true;
    return Call(callee_, "start", error, [&]() -> sluice_code {
      CallScope::Enter enter(scope_);
      const ConfigView view(config);
      return table_.start(handle_, view.get(), &error);
    });
  }

  StatusOr<PollResult> Poll(milliseconds timeout) override {
    PollResult result;
    const sluice_batch* batch = nullptr;
    const Status status = Call(callee_, "poll", poll_error_, [&]() -> sluice_code {
      CallScope::Enter enter(scope_);
      const sluice_code code = table_.poll(handle_, timeout.count(), &batch, &poll_error_);
      result.finished = code == SLUICE_FINISHED;
      return result.finished ? SLUICE_OK : code;
    });
    if (batch != nullptr) {
      if (std::find(out_.begin(), out_.end(), batch) != out_.end()) {
        return callee_.Broken("poll", "answered a batch that has not been released yet");
      }
      out_.push_back(batch);
      if (!status.ok()) {
        Release(batch);
        return callee_.Broken("poll", StrCat("answered a batch and an error: ", Message(status)));
      }
      if (std::string wrong = CheckBatch(*batch); !wrong.empty()) {
        Release(batch);
        return callee_.Broken("poll", StrCat("answered a bad batch: ", wrong));
      }
      if (batch->count == 0) {
        Release(batch);
        batch = nullptr;
      }
    }
    if (!status.ok()) return status;
    result.batch = batch;
    return result;
  }

  void Release(const sluice_batch* batch) override {
    const auto known = std::find(out_.begin(), out_.end(), batch);
    if (known == out_.end()) {
      Note(ConnectError("A batch was released that is not out"));
      return;
    }
    out_.erase(known);
    Note(CallVoid(callee_, "release", [&] {
      CallScope::Enter enter(scope_);
      table_.release(handle_, batch);
    }));
  }

  bool wants_acks() const override { return table_.acked != nullptr; }

  void Acked(const sluice_batch* batch, size_t index, std::string_view topic, int32_t partition,
             int64_t offset) override {
    if (table_.acked == nullptr) return;
    Note(CallVoid(callee_, "acked", [&] {
      CallScope::Enter enter(scope_);
      table_.acked(handle_, batch, index, abi::Str(topic), partition, offset);
    }));
  }

  void CommittedOffsets(const sluice_value* partitions, const sluice_value* offsets,
                        size_t count) override {
    if (table_.committed == nullptr) return;
    Note(CallVoid(callee_, "committed", [&] {
      CallScope::Enter enter(scope_);
      table_.committed(handle_, partitions, offsets, count);
    }));
  }
  void Committed() override { CommittedOffsets(nullptr, nullptr, 0); }

  void RequestStop() override {
    if (stop_sent_.exchange(true) || table_.stop == nullptr) return;
    Note(CallVoid(callee_, "stop", [&] { table_.stop(handle_); }));
  }

 private:
  void Note(const Status& status) {
    if (!status.ok()) host_.Log(SLUICE_LOG_ERROR, Message(status));
  }

  static TableSource* Self(void* context) { return static_cast<TableSource*>(context); }
  static void Log(void* context, sluice_log_level level, sluice_str text) {
    Self(context)->host_.Log(level, SafeText(text, kLogTextMax));
  }
  static void Metric(void* context, sluice_str name, sluice_metric_kind kind, double value) {
    Self(context)->host_.Metric(SafeText(name, kMetricNameMax), kind, value);
  }
  static sluice_code StoredOffset(void* context, const sluice_value* partitions, size_t count,
                                  const sluice_value** offsets, sluice_error* error) {
    TableSource* self = Self(context);
    if (!self->scope_.here()) {
      return FillError(self->callee_.Broken("stored_offset", "was called outside of a call"),
                       error);
    }
    for (size_t i = 0; i < count; ++i) {
      std::string wrong = abi::CheckShallow(partitions[i]);
      if (wrong.empty() && partitions[i].kind != SLUICE_MAP) wrong = "should be a map";
      if (!wrong.empty()) {
        return FillError(
            self->callee_.Broken("stored_offset", StrCat("partitions[", i, "]: ", wrong)), error);
      }
    }
    self->arena_.Reset();
    StatusOr<std::vector<sluice_value>> found =
        self->host_.StoredOffsets(partitions, count, self->arena_);
    if (!found.ok()) return FillError(found.status(), error);
    self->answer_ = *std::move(found);
    *offsets = self->answer_.data();
    return SLUICE_OK;
  }
  static sluice_code ResolvedConfig(void* context, sluice_config* config, sluice_error* error) {
    TableSource* self = Self(context);
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
  // Transactions whose borders the connector sets come with exactly-once tasks.
  static sluice_code EndTransaction(void*, size_t) { return SLUICE_UNSUPPORTED; }

  const Callee callee_;
  const sluice_source_table& table_;
  SourceHost& host_;
  sluice_source_host c_host_{};
  CallScope scope_;
  void* handle_ = nullptr;
  bool started_ = false;
  std::atomic<bool> stop_sent_{false};
  std::vector<const sluice_batch*> out_;  // polled and not released; as few as the task's budget
  sluice_error poll_error_;
  // What the host's functions answered, until the next call.
  abi::Arena arena_;
  std::vector<sluice_value> answer_;
  config::ConfigMap resolved_;
  std::optional<ConfigView> resolved_view_;
};

}  // namespace

StatusOr<std::unique_ptr<SourcePlugin>> MakeSource(Callee callee, const sluice_class& of,
                                                   SourceHost& host) {
  auto made = std::make_unique<TableSource>(
      std::move(callee), *static_cast<const sluice_source_table*>(of.table), host);
  SLUICE_RETURN_IF_ERROR(made->Create());
  return std::unique_ptr<SourcePlugin>(std::move(made));
}

}  // namespace sluice::plugin
