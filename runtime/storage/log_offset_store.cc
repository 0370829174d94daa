#include "runtime/storage/log_offset_store.h"

#include <atomic>
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/json.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/record/json_output.h"
#include "runtime/record/json_reader.h"
#include "runtime/record/partition_key.h"

namespace sluice::storage {
namespace {

StatusOr<std::string> Json(const sluice_value& value) {
  record::JsonOutput json;
  SLUICE_RETURN_IF_ERROR(record::WriteSchemaless(value, json));
  return std::string(json.view());
}

std::string KeyOf(const sluice_value& partition) {
  return record::PartitionKey(abi::IsNull(partition) ? nullptr : &partition);
}

}  // namespace

LogOffsetStore::LogOffsetStore(std::unique_ptr<TopicLog> log) : log_(std::move(log)) {}

LogOffsetStore::~LogOffsetStore() { Stop(); }

Status LogOffsetStore::Start(milliseconds timeout) {
  return log_->Start([this](const LogRecord& record) { OnRecord(record); }, timeout);
}

void LogOffsetStore::Stop() { log_->Stop(); }

void LogOffsetStore::OnRecord(const LogRecord& record) {
  if (!record.key) return;
  abi::Arena arena(1024);
  record::JsonReader reader;
  const auto key = reader.Read(*record.key, record::JsonNumbers::kValues, arena);
  if (!key.ok() || key->kind != SLUICE_ARRAY || key->size != 2 ||
      key->as.items[0].kind != SLUICE_STRING ||
      (key->as.items[1].kind != SLUICE_MAP && !abi::IsNull(key->as.items[1]))) {
    LogWarn("storage", "Leaving alone a record of the offsets whose key is not ",
            "[\"<connector>\",{<source partition>}]: ", *record.key);
    return;
  }
  const sluice_value& partition = key->as.items[1];
  // The partition's own text: what lies between the first comma behind the name and the last
  // bracket.
  const size_t comma = JsonQuote(abi::Text(key->as.items[0])).size() + 1;
  std::string_view text = *record.key;
  std::string partition_text;
  if (text.size() > comma + 2 && text[comma] == ',' && text.back() == ']') {
    partition_text = text.substr(comma + 1, text.size() - comma - 2);
  } else if (auto written = Json(partition); written.ok()) {
    partition_text = *std::move(written);
  }
  MutexLock lock(mutex_);
  Entry& entry = entries_[std::string(abi::Text(key->as.items[0]))][KeyOf(partition)];
  // The same partition under another key, its members in another order: the younger one counts.
  if (!entry.key.empty() && entry.key != *record.key && record.timestamp < entry.timestamp) return;
  entry.timestamp = record.timestamp;
  entry.key = std::string(*record.key);
  entry.partition = std::move(partition_text);
  const bool tombstone = !record.value || *record.value == "null";
  entry.offset = tombstone ? std::nullopt : std::optional<std::string>(*record.value);
}

StatusOr<std::vector<sluice_value>> LogOffsetStore::Read(
    std::string_view connector, const std::vector<sluice_value>& partitions, abi::Arena& arena,
    milliseconds timeout) {
  for (const sluice_value& partition : partitions)
    SLUICE_RETURN_IF_ERROR(CheckOffsetMap(partition));
  SLUICE_RETURN_IF_ERROR(ReadToEnd(*log_, timeout));
  std::vector<sluice_value> offsets(partitions.size());
  record::JsonReader reader;
  MutexLock lock(mutex_);
  const auto known = entries_.find(connector);
  if (known == entries_.end()) return offsets;
  for (size_t i = 0; i < partitions.size(); ++i) {
    const auto found = known->second.find(KeyOf(partitions[i]));
    if (found == known->second.end() || !found->second.offset) continue;
    const std::string_view text = arena.Copy(*found->second.offset);
    SLUICE_ASSIGN_OR_RETURN(offsets[i], reader.Read(text, record::JsonNumbers::kValues, arena));
    if (offsets[i].kind != SLUICE_MAP) {
      return DataError(StrCat("The stored offset of ", found->second.key,
                              " should be a JSON object, but is ", text));
    }
  }
  return offsets;
}

void LogOffsetStore::Write(std::string_view connector, const std::vector<OffsetWrite>& offsets,
                           milliseconds timeout, Done done) {
  std::vector<std::pair<std::string, std::optional<std::string>>> records;
  for (const OffsetWrite& write : offsets) {
    for (const sluice_value* value : {&write.partition, &write.offset}) {
      if (Status status = CheckOffsetMap(*value); !status.ok()) return done(status);
    }
    auto partition = Json(write.partition);
    if (!partition.ok()) return done(partition.status());
    std::optional<std::string> offset;
    if (!abi::IsNull(write.offset)) {
      auto text = Json(write.offset);
      if (!text.ok()) return done(text.status());
      offset = *std::move(text);
    }
    std::string key = StrCat("[", JsonQuote(connector), ",", *partition, "]");
    {
      MutexLock lock(mutex_);
      if (const auto known = entries_.find(connector); known != entries_.end()) {
        const auto found = known->second.find(KeyOf(write.partition));
        if (found != known->second.end()) key = found->second.key;
      }
    }
    records.emplace_back(std::move(key), std::move(offset));
  }
  if (records.empty()) return done(OkStatus());
  LogDebug("storage", "Writing ", records.size(), " offsets of connector ", connector);
  struct Writes {
    std::atomic<size_t> open;
    Mutex mutex;
    Status first_error ABSL_GUARDED_BY(mutex);
    Done done;
  };
  auto writes = std::make_shared<Writes>();
  writes->open = records.size();
  writes->done = std::move(done);
  for (auto& [key, value] : records) {
    log_->Append(std::move(key), std::move(value), timeout, [writes](const Status& status) {
      Status result;
      {
        MutexLock lock(writes->mutex);
        if (!status.ok() && writes->first_error.ok()) writes->first_error = status;
        result = writes->first_error;
      }
      if (--writes->open == 0) writes->done(result);
    });
  }
}

std::vector<StoredOffset> LogOffsetStore::List(std::string_view connector) const {
  std::vector<StoredOffset> list;
  abi::Arena arena(1024);
  record::JsonReader reader;
  MutexLock lock(mutex_);
  const auto known = entries_.find(connector);
  if (known == entries_.end()) return list;
  for (const auto& [key, entry] : known->second) {
    if (!entry.offset) continue;
    arena.Reset();
    const auto partition = reader.Read(entry.partition, record::JsonNumbers::kValues, arena);
    if (!partition.ok() || partition->kind != SLUICE_MAP) continue;  // a null one is nobody's
    const auto offset = reader.Read(*entry.offset, record::JsonNumbers::kValues, arena);
    auto partition_text = Json(*partition);
    auto offset_text = offset.ok() && offset->kind == SLUICE_MAP
                           ? Json(*offset)
                           : DataError("it should be a JSON object");
    if (!partition_text.ok() || !offset_text.ok()) {
      LogWarn("storage", "Leaving alone the stored offset of ", entry.key, ": ",
              Message(offset_text.ok() ? partition_text.status() : offset_text.status()));
      continue;
    }
    list.push_back({*std::move(partition_text), *std::move(offset_text)});
  }
  return list;
}

void LogOffsetStore::Refresh(milliseconds timeout, Done done) {
  log_->Barrier(timeout, std::move(done));
}

}  // namespace sluice::storage
