#include "connectors/object_store_sink/partition_writer.h"

#include <algorithm>
#include <utility>

#include "connectors/object_store_sink/digest.h"
#include "connectors/object_store_sink/schema_rule.h"
#include "connectors/sdk/errors.h"
#include "connectors/sdk/projector.h"
#include "connectors/shared/json_text.h"

namespace sluice::object_store_sink {
namespace {

constexpr int64_t kDayMs = 86'400'000;

void AppendPrint(std::string& out, const sluice_schema* schema) {
  out.push_back('\0');
  if (schema == nullptr) return;
  out.append(reinterpret_cast<const char*>(&schema->fingerprint), sizeof schema->fingerprint);
}

}  // namespace

int64_t NextScheduled(int64_t now_ms, std::chrono::milliseconds interval,
                      const shared::TimeZone& zone) {
  const int64_t local = zone.ToLocalMs(now_ms);
  int64_t of_day = local % kDayMs;
  if (of_day < 0) of_day += kDayMs;
  const int64_t midnight = zone.FromLocalMs(local - of_day);
  const int64_t next = midnight + ((now_ms - midnight) / interval.count() + 1) * interval.count();
  return std::min(next, zone.FromLocalMs(local - of_day + kDayMs));
}

PartitionWriter::PartitionWriter(const WriterOptions& options, ObjectStore& store,
                                 const FileFormats& formats, const sdk::Logger& log,
                                 std::string topic, int32_t partition)
    : options_(options),
      store_(store),
      formats_(formats),
      log_(log),
      topic_(std::move(topic)),
      partition_(partition),
      partitioner_(NewPartitioner(options.partitioner)) {}

void PartitionWriter::BeginPut(PutBudget* budget) {
  budget_ = budget;
  moved_ = false;
  repeat_until_ = in_put_ ? std::max(repeat_until_, next_offset_) : INT64_MIN;
  in_put_ = true;
}

void PartitionWriter::EndPut() {
  refused_.clear();
  in_put_ = false;
  budget_ = nullptr;
}

void PartitionWriter::Take(const sluice_record& record, int64_t now_ms) {
  if (moved_) return;  // it comes again
  const int64_t offset = record.original_offset;
  if (offset < repeat_until_) {
    const auto refused = refused_.find(offset);
    if (refused != refused_.end()) throw sdk::DataException(refused->second);
    return;
  }
  Settle();
  if (moved_) return;
  try {
    TakeNew(record, now_ms);
  } catch (const sdk::DataException& wrong) {
    next_offset_ = offset + 1;
    refused_.emplace(offset, wrong.what());
    throw;
  }
}

void PartitionWriter::TakeNew(const sluice_record& record, int64_t now_ms) {
  const int64_t offset = record.original_offset;
  arena_.Reset();
  const bool tombstone = sdk::IsNull(record.value);
  if (tombstone && !TakesNull(record)) {
    next_offset_ = offset + 1;
    return;
  }
  const bool timed = !tombstone && partitioner_->by_time();
  const std::string& folders =
      tombstone ? options_.tombstone_folder : partitioner_->Encode(record, now_ms);
  if (folders != good_folders_) {
    CheckFolders(folders, options_.names.directory_delim);
    good_folders_ = folders;
  }
  // Of a transform's making it may be anything.
  if (abi::View(record.topic) != topic_) CheckFolders(abi::View(record.topic), "/");
  Values values = ValuesOf(record, tombstone);
  if (count_ > 0 && IsTime(folders, timed, now_ms)) {
    Commit();
    if (moved_) return;
  }
  Open* const open = FileFor(record, folders, tombstone, values);
  if (open == nullptr) return;
  if (IsCovered(open->key, offset)) {
    if (open->file->count() == 0) DropLast();
    next_offset_ = offset + 1;
    return;
  }
  Write(*open, record, values);
  Note(record, folders, timed, now_ms);
  if (count_ >= options_.flush_size || memory_ >= options_.open_bytes_max) {
    Commit();
  } else {
    unsent_ = true;
    if (Send(*open)) unsent_ = false;
  }
}

bool PartitionWriter::TakesNull(const sluice_record& record) {
  switch (options_.null_values) {
    case NullValues::kWrite:
      return true;
    case NullValues::kIgnore:
      log_.Count("null-values");
      return false;
    case NullValues::kReport:
      log_.Count("null-values");
      throw sdk::DataException("the value is null, and behavior.on.null.values=ignore");
    default:
      throw sdk::ConnectException(
          "The record ", topic_, "-", partition_, "@", record.original_offset,
          " has no value; behavior.on.null.values=ignore leaves such records out, and write keeps "
          "their keys");
  }
}

bool PartitionWriter::IsScheduled(int64_t now_ms) const {
  return options_.rotate_schedule.count() > 0 && now_ms >= scheduled_at_;
}

bool PartitionWriter::IsTime(const std::string& folders, bool timed, int64_t now_ms) const {
  if (IsScheduled(now_ms)) return true;
  if (options_.rotate_interval.count() <= 0 || !timed || !has_base_) return false;
  if (partitioner_->timestamp() - base_timestamp_ >= options_.rotate_interval.count()) return true;
  return options_.rotate_on_partition_change && folders != folders_;
}

PartitionWriter::Values PartitionWriter::ValuesOf(const sluice_record& record, bool tombstone) {
  Values out;
  if (!tombstone) out.value = {record.value_schema, record.value};
  if (formats_.key != nullptr) {
    out.key = side_.Key(arena_, record, formats_.key->needs_struct());
  }
  if (formats_.headers != nullptr) {
    out.headers = side_.Headers(arena_, record, formats_.headers->needs_struct());
  }
  return out;
}

bool PartitionWriter::HasSchema() const {
  return formats_.value->has_schema() || options_.compatibility != Compatibility::kNone;
}

// Records of one key share a file. A format without a schema in its files does not ask for it.
std::string PartitionWriter::KeyOf(const sluice_record& record, const std::string& folders,
                                   bool tombstone, const Values& values) const {
  std::string key(abi::View(record.topic));
  key.append(1, '\0').append(folders).append(1, tombstone ? '-' : '+');
  if (!tombstone && HasSchema()) AppendPrint(key, values.value.schema);
  if (formats_.key != nullptr && formats_.key->has_schema()) AppendPrint(key, values.key.schema);
  return key;
}

bool PartitionWriter::IsFor(const Open& open, const sluice_record& record,
                            const std::string& folders, bool tombstone,
                            const Values& values) const {
  if (open.tombstones != tombstone || open.folders != folders ||
      open.topic != abi::View(record.topic)) {
    return false;
  }
  if (!tombstone && HasSchema() && !abi::SameSchema(open.schema.get(), values.value.schema)) {
    return false;
  }
  return formats_.key == nullptr || !formats_.key->has_schema() ||
         abi::SameSchema(open.key_schema.get(), values.key.schema);
}

PartitionWriter::Open* PartitionWriter::FileFor(const sluice_record& record,
                                                const std::string& folders, bool tombstone,
                                                Values& values) {
  const bool ruled = options_.compatibility != Compatibility::kNone && !tombstone;
  if (!ruled && last_ < files_.size() && IsFor(files_[last_], record, folders, tombstone, values)) {
    return &files_[last_];
  }
  std::string place;
  sdk::Schema projected;  // outlives the file that it is of, if that is cut here
  if (ruled) {            // what is older, or newer, may go into the file that is there
    place = sdk::Cat(abi::View(record.topic), std::string_view("\0", 1), folders);
    const auto current = current_.find(place);
    if (current != current_.end()) {
      projected = files_[current->second].schema;
      const sluice_schema* const schema = projected.get();
      if (!NeedsNewFile(options_.compatibility, record.value_schema, schema) &&
          !abi::SameSchema(record.value_schema, schema)) {
        values.value = {schema, sdk::Project(arena_, *record.value_schema, record.value, *schema)};
      }
    }
  }
  std::string key = KeyOf(record, folders, tombstone, values);
  if (const auto found = index_.find(key); found != index_.end()) {
    last_ = found->second;
  } else {
    const auto most = options_.open_files_max;
    if (most > 0 && files_.size() >= static_cast<size_t>(most)) Commit();
    if (moved_) return nullptr;
    NewFile(record, folders, tombstone, values, std::move(key));
  }
  if (ruled) current_[place] = last_;
  return &files_[last_];
}

void PartitionWriter::NewFile(const sluice_record& record, const std::string& folders,
                              bool tombstone, const Values& values, std::string key) {
  FileFormats formats = formats_;
  if (tombstone) formats.value = nullptr;
  if (!tombstone && formats.value->needs_struct() && values.value.value.kind != SLUICE_STRUCT) {
    throw sdk::DataException("the format takes structs with a schema only");
  }
  const std::string stem = ObjectStem(options_.names, abi::View(record.topic), topic_, folders,
                                      partition_, record.original_offset);
  auto file =
      std::make_unique<DataFile>(store_, formats, stem, values.value, values.key, values.headers);
  last_ = files_.size();
  index_.emplace(key, last_);
  files_.push_back({std::move(key), std::string(abi::View(record.topic)), folders, tombstone,
                    sdk::Schema(values.value.schema), sdk::Schema(values.key.schema),
                    std::move(file)});
}

bool PartitionWriter::IsCovered(const std::string& key, int64_t offset) {
  if (covered_.empty()) return false;
  const auto found = covered_.find(key);
  return found != covered_.end() && offset <= found->second;
}

void PartitionWriter::Write(Open& open, const sluice_record& record, const Values& values) {
  try {
    if (options_.conditional && open.file->count() == 0) open.source = SourceOf(record);
    open.file->Stage(values.value, values.key, values.headers);
  } catch (const sdk::DataException&) {
    if (open.file->count() == 0) DropLast();
    throw;
  }
  open.file->Keep(record.original_offset);
  Weigh(open);
}

// Of a topic that was deleted and made anew the offsets are the same, the records are not.
std::string PartitionWriter::SourceOf(const sluice_record& record) const {
  std::string text;
  shared::AppendJson(text, record.key, shared::DecimalText::kBase64);
  text.push_back('\n');
  shared::AppendJson(text, record.value, shared::DecimalText::kBase64);
  return sdk::Cat(topic_, "-", partition_, "@", record.timestamp, "#", Hex(Sha256(text)));
}

void PartitionWriter::Weigh(Open& open) {
  const size_t now = open.file->memory();
  memory_ += now - std::exchange(open.memory, now);
}

void PartitionWriter::DropLast() {
  std::erase_if(current_, [&](const auto& one) { return one.second == files_.size() - 1; });
  index_.erase(files_.back().key);
  memory_ -= files_.back().memory;
  files_.pop_back();
}

void PartitionWriter::Note(const sluice_record& record, const std::string& folders, bool timed,
                           int64_t now_ms) {
  if (count_++ == 0) {
    open_from_ = record.original_offset;
    if (options_.rotate_schedule.count() > 0) {
      scheduled_at_ = NextScheduled(now_ms, options_.rotate_schedule, options_.zone);
    }
  }
  if (timed) {
    if (!std::exchange(has_base_, true)) base_timestamp_ = partitioner_->timestamp();
    if (folders_ != folders) folders_ = folders;
  }
  next_offset_ = record.original_offset + 1;
}

}  // namespace sluice::object_store_sink
