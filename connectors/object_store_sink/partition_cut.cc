// How files of a topic partition are cut, and what becomes of those that cannot be.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "connectors/object_store_sink/partition_writer.h"
#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

// Of an object's metadata: the last record in it, and who the first one is.
constexpr const char* kLastOffset = "sluice-last-offset";
constexpr const char* kSource = "sluice-source";

std::string_view TextOf(const Metadata& metadata, std::string_view key) {
  for (const auto& [name, value] : metadata) {
    if (name == key) return value;
  }
  return {};
}

}  // namespace

void PartitionWriter::Tick(int64_t now_ms) {
  if (moved_) return;
  Settle();
  if (moved_ || count_ == 0) return;
  const bool over = options_.rotate_interval.count() > 0 && partitioner_->by_wallclock() &&
                    has_base_ && now_ms - base_timestamp_ >= options_.rotate_interval.count();
  if (over || IsScheduled(now_ms)) Commit();
}

void PartitionWriter::Settle() {
  if (cut_due_) return Commit();
  if (!unsent_) return;
  for (Open& open : files_) {
    if (!Send(open)) return;
  }
  unsent_ = false;
}

bool PartitionWriter::Send(Open& open) {
  CheckTime();
  try {
    if (open.file->Send() && budget_ != nullptr) budget_->worked = true;
  } catch (const StoreError& error) {
    if (error.kind() != StoreErrorKind::kGone) throw;
    ReadAgain(error);
    return false;
  }
  Weigh(open);
  return true;
}

void PartitionWriter::Commit() {
  cut_due_ = true;
  for (Open& open : files_) {
    if (open.file->finished()) continue;
    CheckTime();
    FinishFile(open);
    if (moved_) return;
    if (budget_ != nullptr) budget_->worked = true;
    if (options_.tagging) Tag(*open.file);
    log_.Count("files");
    log_.Count("records", static_cast<double>(open.file->count()));
    log_.Count("bytes", static_cast<double>(open.file->size()));
    log_.Debug("Wrote ", store_.Locate(open.file->name()), ": the records ",
               open.file->first_offset(), " to ", open.file->last_offset(), " of ", topic_, "-",
               partition_);
  }
  Forget();
}

void PartitionWriter::CheckTime() const {
  if (budget_ == nullptr || !budget_->worked) return;
  if (std::chrono::steady_clock::now() < budget_->deadline) return;
  throw StoreError(StoreErrorKind::kLate, "max.write.duration.ms is over");
}

void PartitionWriter::FinishFile(Open& open) {
  FinishOptions finish;
  finish.only_if_absent = options_.conditional;
  if (options_.conditional) {
    finish.metadata = {{kLastOffset, sdk::Cat(open.file->last_offset())}, {kSource, open.source}};
  }
  bool overwrite = false;
  try {
    open.file->Finish(finish);
  } catch (const StoreError& error) {
    if (error.kind() == StoreErrorKind::kGone) return ReadAgain(error);
    if (error.kind() != StoreErrorKind::kExists) throw;
    overwrite = Accept(open);
  }
  if (!overwrite) return;
  try {
    open.file->Finish({});
  } catch (const StoreError& error) {
    if (error.kind() != StoreErrorKind::kGone) throw;
    ReadAgain(error);
  }
}

bool PartitionWriter::Accept(Open& open) {
  const DataFile& file = *open.file;
  const std::string where = store_.Locate(file.name());
  const std::optional<ObjectInfo> there = store_.Look(file.name());
  if (!there) {
    throw StoreError(StoreErrorKind::kTransient,
                     sdk::Cat(where, " is there, and then is not: somebody else removes it"));
  }
  const std::string_view until = TextOf(there->metadata, kLastOffset);
  if (until.empty() || TextOf(there->metadata, kSource) != open.source) {
    log_.Warn(where, " is there, of ", there->size,
              " bytes, and does not say that its records are those of ", topic_, "-", partition_,
              " from ", file.first_offset(), " on; it is overwritten");
    return true;
  }
  const int64_t last = std::atoll(std::string(until).c_str());
  if (last == file.last_offset()) {
    open.file->TakeAsFinished();
    return true;
  }
  log_.Info(where, " holds the records ", file.first_offset(), " to ", last,
            " already; going on behind them");
  covered_[open.key] = last;
  Rewind();
  return false;
}

void PartitionWriter::Tag(const DataFile& file) {
  Metadata tags = {{"startOffset", sdk::Cat(file.first_offset())},
                   {"endOffset", sdk::Cat(file.last_offset())},
                   {"recordCount", sdk::Cat(file.count())}};
  tags.insert(tags.end(), options_.more_tags.begin(), options_.more_tags.end());
  file.EachName([&](const std::string& name) {
    try {
      store_.Tag(name, tags);
    } catch (const StoreError& error) {
      if (options_.tagging_must_work) throw sdk::ConnectException("Tagging failed: ", error.what());
      log_.Warn("Tagging failed: ", error.what());
    }
  });
}

void PartitionWriter::ReadAgain(const StoreError& gone) {
  loss_ = gone.what();
  log_.Warn("Reading ", topic_, "-", partition_, " again from ", open_from_, ": ", gone.what());
  Rewind();
}

// All since the last cut is void, but for objects that must not be written twice.
void PartitionWriter::Rewind() {
  if (options_.conditional) {
    for (const Open& open : files_) {
      if (open.file->finished()) covered_[open.key] = open.file->last_offset();
    }
  }
  rewind_ = moved_to_ = next_offset_ = open_from_;
  moved_ = true;
  repeat_until_ = INT64_MIN;  // whatever the put has taken comes as new
  refused_.clear();
  Forget();
}

void PartitionWriter::Forget() {
  files_.clear();
  index_.clear();
  current_.clear();
  count_ = 0;
  memory_ = 0;
  open_from_ = -1;
  has_base_ = cut_due_ = unsent_ = false;
  std::erase_if(covered_, [&](const auto& one) { return one.second < next_offset_; });
}

std::optional<int64_t> PartitionWriter::rewind() { return std::exchange(rewind_, std::nullopt); }

std::string PartitionWriter::loss() { return std::exchange(loss_, ""); }

int64_t PartitionWriter::Committable(int64_t taken) const {
  if (moved_) return std::min(taken, moved_to_);
  return files_.empty() ? taken : std::min(taken, open_from_);
}

}  // namespace sluice::object_store_sink
