#include "tests/conformance/source_run.h"

#include <algorithm>
#include <chrono>
#include <map>

#include "runtime/abi/check.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "tests/conformance/child.h"

namespace sluice::conformance {
namespace {

std::string JsonOr(const StatusOr<std::string>& json) {
  return json.ok() ? *json : StrCat("(", Message(json.status()), ")");
}

std::string IdentityOf(const sluice_record& record) {
  return StrCat(abi::View(record.topic), " ", JsonOr(ValueJson(record.key_schema, record.key)), " ",
                JsonOr(ValueJson(record.value_schema, record.value)));
}

// "" or which of the record's values does not fit its schema.
std::string BadValueOf(const sluice_record& record) {
  if (std::string why = abi::CheckValue(record.key_schema, record.key); !why.empty()) {
    return "key: " + why;
  }
  if (std::string why = abi::CheckValue(record.value_schema, record.value); !why.empty()) {
    return "value: " + why;
  }
  for (size_t i = 0; i < record.header_count; ++i) {
    const sluice_header& header = record.headers[i];
    if (std::string why = abi::CheckValue(header.schema, header.value); !why.empty()) {
      return StrCat("header ", abi::View(header.key), ": ", why);
    }
  }
  return "";
}

// What a task's start comes to, whichever kind it is.
Status StartTask(Scene& scene, Host& host, const config::ConfigMap& config) {
  if (scene.source()) {
    SLUICE_ASSIGN_OR_RETURN(auto task, scene.registry.NewSourceTask(scene.info, host));
    SetStep("a task's start");
    return task->Start(config);
  }
  SLUICE_ASSIGN_OR_RETURN(auto task, scene.registry.NewSinkTask(scene.info, host));
  SetStep("a task's start");
  return task->Start(config);
}

}  // namespace

StatusOr<std::vector<config::ConfigMap>> RunConnector(Scene& scene, Host& host,
                                                      const config::ConfigMap& config, int max) {
  SetStep("create");
  SLUICE_ASSIGN_OR_RETURN(auto connector, scene.registry.NewConnector(scene.info, host));
  SetStep("the connector's start");
  SLUICE_RETURN_IF_ERROR(connector->Start(config));
  SetStep(StrCat("task_configs of at most ", max));
  auto configs = connector->TaskConfigs(max);
  SetStep("the connector's stop");
  connector->Stop();
  return configs;
}

StartReport StartAll(Scene& scene, const config::ConfigMap& config, int max) {
  const Offsets none;
  Host host(scene, &none);
  StartReport report;
  const auto configs = RunConnector(scene, host, config, max);
  report.status = configs.status();
  if (configs.ok()) {
    report.tasks = configs->size();
    for (const config::ConfigMap& task : *configs) {
      if (report.status.ok()) report.status = StartTask(scene, host, task);
    }
  }
  if (report.status.ok()) report.status = host.broken();
  report.log = host.log();
  return report;
}

Status SourceRun::Start(int max, size_t task) {
  SLUICE_ASSIGN_OR_RETURN(const auto configs, RunConnector(scene_, host_, scene_.config, max));
  tasks_ = configs.size();
  if (task >= tasks_) return ConnectError(StrCat("the connector has ", tasks_, " tasks"));
  SLUICE_ASSIGN_OR_RETURN(task_, scene_.registry.NewSourceTask(scene_.info, host_));
  SetStep("the task's start");
  SLUICE_RETURN_IF_ERROR(task_->Start(configs[task]));
  return host_.broken();
}

Status SourceRun::Poll(milliseconds timeout) {
  SetStep(StrCat("poll after ", seen_.size(), " records"));
  SLUICE_ASSIGN_OR_RETURN(const plugin::PollResult result, task_->Poll(timeout));
  finished_ = finished_ || result.finished;
  if (result.batch != nullptr) SLUICE_RETURN_IF_ERROR(Take(*result.batch));
  return host_.broken();
}

Status SourceRun::Take(const sluice_batch& batch) {
  batches_.push_back(&batch);
  for (size_t i = 0; i < batch.count; ++i) {
    const sluice_record& record = abi::RecordAt(batch, i);
    Seen seen{IdentityOf(record), "", "", &batch, i};
    if (record.source_partition != nullptr) {
      auto partition = MapJson(*record.source_partition);
      if (!partition.ok()) return Wrap(partition.status(), kDataException, "a source partition");
      seen.partition = *std::move(partition);
      auto offset =
          record.source_offset == nullptr ? std::string("null") : MapJson(*record.source_offset);
      if (!offset.ok()) return Wrap(offset.status(), kDataException, "a source offset");
      seen.offset = *std::move(offset);
    }
    if (bad_value_.empty()) bad_value_ = BadValueOf(record);
    seen_.push_back(std::move(seen));
  }
  return OkStatus();
}

Status SourceRun::PollRecords(size_t count) {
  const auto deadline = std::chrono::steady_clock::now() + scene_.patience;
  while (seen_.size() < count && !finished_ && std::chrono::steady_clock::now() < deadline) {
    const Status polled = Poll(milliseconds(100));
    if (!polled.ok() && !IsRetriable(polled)) return polled;
  }
  return OkStatus();
}

void SourceRun::Commit(size_t count) {
  std::map<std::string, std::pair<const sluice_value*, const sluice_value*>> last;
  static const sluice_value kNull{};
  count = std::min(count, seen_.size());
  for (; committed_ < count; ++committed_) {
    const Seen& seen = seen_[committed_];
    const sluice_record& record = abi::RecordAt(*seen.batch, seen.index);
    SetStep(StrCat("acked of record ", committed_));
    task_->Acked(seen.batch, seen.index, abi::View(record.topic), 0,
                 static_cast<int64_t>(committed_));
    if (seen.partition.empty()) continue;
    offsets_.Set(seen.partition, seen.offset);
    last[seen.partition] = {record.source_partition,
                            record.source_offset == nullptr ? &kNull : record.source_offset};
  }
  std::vector<sluice_value> partitions, offsets;
  for (const auto& [text, values] : last) {
    partitions.push_back(*values.first);
    offsets.push_back(*values.second);
  }
  SetStep("committed");
  if (!last.empty()) {
    task_->CommittedOffsets(partitions.data(), offsets.data(), partitions.size());
  }
  const sluice_batch* next = committed_ < seen_.size() ? seen_[committed_].batch : nullptr;
  while (!batches_.empty() && batches_.front() != next) {
    SetStep("release");
    task_->Release(batches_.front());
    batches_.erase(batches_.begin());
  }
}

void SourceRun::Close() {
  if (task_ == nullptr) return;
  SetStep("stop, release and close");
  task_.reset();
  batches_.clear();
}

std::string BatchText(const sluice_batch& batch) {
  std::string text;
  for (size_t i = 0; i < batch.count; ++i) {
    const sluice_record& record = abi::RecordAt(batch, i);
    StrAppend(text, IdentityOf(record), "\n");
    for (const sluice_value* map : {record.source_partition, record.source_offset}) {
      if (map != nullptr) StrAppend(text, JsonOr(MapJson(*map)), "\n");
    }
  }
  return text;
}

}  // namespace sluice::conformance
