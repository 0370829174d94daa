#include "tests/conformance/host.h"

#include <algorithm>
#include <cstdio>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"

namespace sluice::conformance {

std::vector<std::string> Host::log() const {
  MutexLock lock(mutex_);
  return log_;
}

Status Host::broken() const {
  MutexLock lock(mutex_);
  return broken_;
}

void Host::Log(sluice_log_level level, std::string_view text) {
  static constexpr const char* kNames[] = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR"};
  const std::string line = StrCat(kNames[std::clamp(level, 0, 4)], " ", text);
  std::fprintf(stderr, "%s\n", line.c_str());
  MutexLock lock(mutex_);
  log_.push_back(line);
  if (level == SLUICE_LOG_ERROR && text.starts_with(scene_.broken_prefix()) && broken_.ok()) {
    broken_ = ConnectError(text);
  }
}

StatusOr<std::vector<sluice_value>> Host::StoredOffsets(const sluice_value* partitions,
                                                        size_t count, abi::Arena& arena) {
  std::vector<sluice_value> found(count, abi::Null());
  for (size_t i = 0; i < count && offsets_ != nullptr; ++i) {
    SLUICE_ASSIGN_OR_RETURN(found[i], offsets_->Find(partitions[i], arena));
  }
  return found;
}

void Host::RaiseError(Status error) {
  MutexLock lock(mutex_);
  if (broken_.ok()) broken_ = std::move(error);
}

Status Host::Assigned(const sluice_topic_partition* list, size_t count) const {
  for (size_t i = 0; i < count; ++i) {
    const bool known = std::any_of(assignment.begin(), assignment.end(), [&](const auto& one) {
      return one.partition == list[i].partition && abi::View(one.topic) == abi::View(list[i].topic);
    });
    if (!known) {
      return ConnectError(StrCat(scene_.broken_prefix(), "names ", abi::View(list[i].topic), "-",
                                 list[i].partition, ", which is not assigned"));
    }
  }
  return OkStatus();
}

Status Host::Seek(const sluice_topic_partition* list, size_t count) {
  SLUICE_RETURN_IF_ERROR(Assigned(list, count));
  for (size_t i = 0; i < count; ++i) seeks.emplace_back(list[i].partition, list[i].offset);
  return OkStatus();
}

Status Host::Verdict(const sluice_batch* batch, size_t index, sluice_code code, Status error) {
  const auto wrong = [&](std::string_view what) {
    return ConnectError(StrCat(scene_.broken_prefix(), "gave a verdict on record ", index, what));
  };
  const bool is_kept = kept.contains(batch);
  if (batch != putting && !is_kept) return wrong(" of a batch that it does not have");
  if (index >= batch->count) return wrong(StrCat(" of a batch of ", batch->count));
  if (is_kept && !settled.emplace(batch, index).second) return wrong(" a second time");
  if (code == SLUICE_BAD_RECORD) rejected.emplace_back(index, Message(error));
  return OkStatus();
}

const sluice_batch* Host::Retain(const sluice_batch* batch) {
  if (batch != putting || batch->count == 0) return nullptr;
  kept.insert(batch);
  return batch;
}

}  // namespace sluice::conformance
