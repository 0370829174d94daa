#include "tests/conformance/sink_run.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "tests/conformance/child.h"
#include "tests/conformance/source_run.h"

namespace sluice::conformance {
namespace {

constexpr milliseconds kAgainMin{10}, kAgainMax{200};

std::string SomeOf(const std::vector<int64_t>& numbers) {
  std::string text = StrCat(numbers.size(), " (");
  for (size_t i = 0; i < numbers.size() && i < 5; ++i)
    StrAppend(text, i > 0 ? ", " : "", numbers[i]);
  return text + (numbers.size() > 5 ? ", ...)" : ")");
}

}  // namespace

Status SinkRun::Start() {
  SLUICE_ASSIGN_OR_RETURN(const auto configs, RunConnector(scene_, host_, scene_.config, 1));
  if (configs.empty()) return ConnectError("the connector has no task");
  SLUICE_ASSIGN_OR_RETURN(task_, scene_.registry.NewSinkTask(scene_.info, host_));
  SetStep("the task's start");
  SLUICE_RETURN_IF_ERROR(task_->Start(configs[0]));
  return host_.broken();
}

std::vector<sluice_topic_partition> SinkRun::Listed(const Positions& positions) const {
  std::vector<sluice_topic_partition> list;
  for (const auto& [partition, offset] : positions) {
    list.push_back({abi::Str(topic_), partition, 0, offset});
  }
  return list;
}

Status SinkRun::Assign(const Positions& positions) {
  for (const auto& [partition, offset] : positions) {
    position_[partition] = committed_[partition] = offset;
  }
  host_.assignment = Listed(position_);
  host_.seeks.clear();
  SetStep("assigned");
  SLUICE_RETURN_IF_ERROR(task_->Assigned(Listed(positions)));
  for (const auto& [partition, offset] : host_.seeks) {
    position_[partition] = committed_[partition] = offset;
  }
  return host_.broken();
}

Status SinkRun::Revoke(int32_t partition, bool lost) {
  if (!lost) SLUICE_RETURN_IF_ERROR(Flush());
  const Positions gone = {{partition, position_[partition]}};
  SetStep(lost ? "revoked, lost" : "revoked");
  SLUICE_RETURN_IF_ERROR(task_->Revoked(Listed(gone), lost));
  position_.erase(partition);
  host_.assignment = Listed(position_);
  return host_.broken();
}

Status SinkRun::Begin(const Positions& positions) {
  SLUICE_RETURN_IF_ERROR(Start());
  return Assign(positions);
}

StatusOr<bool> SinkRun::PutNext(size_t count, int64_t end) {
  auto batch = std::make_unique<SinkBatch>(scene_);
  for (bool some = true; some && batch->size() < count;) {
    some = false;
    for (auto& [partition, offset] : position_) {
      if (offset >= end || batch->size() >= count) continue;
      SLUICE_RETURN_IF_ERROR(batch->Add(partition, offset++));
      some = true;
    }
  }
  if (batch->size() == 0) return false;
  SLUICE_RETURN_IF_ERROR(Deliver(*batch));
  kept_.push_back(std::move(batch));
  DropFinished();
  return true;
}

Status SinkRun::Deliver(SinkBatch& batch) {
  SLUICE_RETURN_IF_ERROR(DeliverPart(batch, 0, batch.size()));
  for (const size_t index : batch.rejected) {
    rejected_.insert(NumberOf(batch.at(index).original_partition, batch.at(index).original_offset));
  }
  return OkStatus();
}

plugin::SinkPlugin::PutResult SinkRun::PutOnce(const sluice_batch& batch) {
  host_.putting = &batch;
  host_.rejected.clear();
  host_.retry_after = milliseconds(0);
  SetStep(StrCat("put of ", batch.count, " records"));
  plugin::SinkPlugin::PutResult result = task_->Put(&batch);
  host_.putting = nullptr;
  if (Status broken = host_.broken(); !broken.ok()) result = {SLUICE_FAILED, broken};
  return result;
}

Status SinkRun::DeliverPart(SinkBatch& batch, size_t begin, size_t end) {
  const auto deadline = std::chrono::steady_clock::now() + scene_.patience;
  const sluice_batch& view = batch.View(begin, end);
  while (true) {
    const auto result = PutOnce(view);
    if (result.code == SLUICE_OK) {
      for (const auto& [index, why] : host_.rejected) batch.rejected.insert(begin + index);
      return OkStatus();
    }
    if (result.code == SLUICE_BAD_RECORD && task_->put_atomic()) {
      if (end - begin <= 1) return batch.rejected.insert(begin), OkStatus();
      const size_t middle = begin + (end - begin + 1) / 2;
      SLUICE_RETURN_IF_ERROR(DeliverPart(batch, begin, middle));
      return DeliverPart(batch, middle, end);
    }
    if (result.code != SLUICE_RETRY || std::chrono::steady_clock::now() > deadline) {
      return Wrap(result.error, kConnectException,
                  StrCat("put of ", end - begin, " records answered ", result.code, ": ",
                         Message(result.error)));
    }
    std::this_thread::sleep_for(std::clamp(host_.retry_after, kAgainMin, kAgainMax));
  }
}

// Of batches that the sink keeps: the first record without a verdict.
int64_t SinkRun::FirstPending(int32_t partition, int64_t otherwise) const {
  int64_t first = otherwise;
  for (const sluice_batch* batch : host_.kept) {
    for (size_t i = 0; i < batch->count; ++i) {
      const sluice_record& record = abi::RecordAt(*batch, i);
      if (record.original_partition == partition && !host_.settled.contains({batch, i})) {
        first = std::min(first, record.original_offset);
      }
    }
  }
  return first;
}

void SinkRun::DropFinished() {
  std::erase_if(kept_, [&](const auto& batch) {
    return std::none_of(host_.kept.begin(), host_.kept.end(),
                        [&](const sluice_batch* view) { return batch->Has(view); });
  });
}

Status SinkRun::Flush() {
  Positions may = position_;
  for (auto& [partition, offset] : may) offset = FirstPending(partition, offset);
  std::vector<sluice_topic_partition> offsets = Listed(may);
  SetStep("flush");
  SLUICE_RETURN_IF_ERROR(task_->Flush(offsets));
  for (const sluice_topic_partition& one : offsets) {
    if (one.offset != SLUICE_NO_OFFSET) committed_[one.partition] = one.offset;
  }
  DropFinished();
  return host_.broken();
}

void SinkRun::Close() {
  if (task_ == nullptr) return;
  SetStep("stop and close");
  task_.reset();
  kept_.clear();
}

StatusOr<Arrived> ReadBack(const Scene& scene) {
  SLUICE_ASSIGN_OR_RETURN(const std::string text, scene.Shell(scene.profile->read));
  Arrived arrived;
  for (const std::string_view line : Split(text, '\n')) {
    if (Trim(line).empty()) continue;
    const auto number = ParseInt64(Trim(line));
    if (!number) {
      return ConnectError(StrCat("\"read\" should print a number a line, but printed: ", line));
    }
    ++arrived[*number];
  }
  return arrived;
}

StatusOr<std::string> WhatIsWrong(const Scene& scene, const Positions& committed,
                                  const std::set<int64_t>& rejected, bool once) {
  SLUICE_ASSIGN_OR_RETURN(const Arrived arrived, ReadBack(scene));
  std::vector<int64_t> lost, twice;
  int64_t expected = 0;
  for (const auto& [partition, end] : committed) {
    for (int64_t offset = 0; offset < end; ++offset) {
      const int64_t number = NumberOf(partition, offset);
      if (rejected.contains(number)) continue;
      ++expected;
      const auto found = arrived.find(number);
      if (found == arrived.end()) {
        lost.push_back(number);
      } else if (found->second > 1) {
        twice.push_back(number);
      }
    }
  }
  if (!lost.empty()) return StrCat("of ", expected, " committed records are lost: ", SomeOf(lost));
  if (once && !twice.empty())
    return StrCat("of ", expected, " records are there twice: ", SomeOf(twice));
  return std::string();
}

}  // namespace sluice::conformance
