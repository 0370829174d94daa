#include "connectors/file/file_source.h"

#include <algorithm>
#include <utility>

#include "connectors/file/line_splitter.h"
#include "connectors/shared/unknown_keys.h"

namespace sluice::file {
namespace {

using sdk::ConfigKey;
using sdk::ConfigType;
using sdk::ConnectException;
using sdk::milliseconds;

constexpr size_t kBlockMin = 16 * 1024;
constexpr size_t kBlockMax = 256 * 1024;
constexpr size_t kStreamBlock = 64 * 1024;
constexpr size_t kBatchBytesMax = 1 << 20;    // then the batch goes, whatever batch.size says
constexpr int64_t kLineBytesMax = 256 << 20;  // beyond it a file is no text
constexpr int64_t kScanFrom =
    1 << 20;  // partial lines from here on are only looked at where they grew
constexpr milliseconds kIdleMin{10}, kIdleMax{500};
constexpr std::chrono::seconds kReplacedGrace{1}, kMissingSaidEvery{60};

std::string FileOf(const sdk::Config& config) {
  return std::string(config.Find("file").value_or(""));
}

}  // namespace

// ---- The task

void FileStreamSourceTask::Start(const sdk::Config& config) {
  topic_ = config.GetString("topic");
  batch_size_ = static_cast<size_t>(std::max(config.GetInt("batch.size"), 1));
  block_ = kBlockMax;
  const std::string file = FileOf(config);
  input_.emplace(file);
  partition_ = MakeMap({{"filename", file.empty() ? sdk::Null() : sdk::String(file)}});
  no_position_ = MakeMap({{"position", sdk::Null()}});
}

void FileStreamSourceTask::Poll(sdk::RecordBatch& batch, milliseconds timeout) {
  const Clock::time_point deadline = Clock::now() + timeout;
  while (!stopping()) {
    if (Read(batch)) {
      idle_ = milliseconds(0);
      return;
    }
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    if (left <= milliseconds(0)) return;
    idle_ = std::clamp(idle_ * 2, kIdleMin, kIdleMax);
    Wait(std::min(idle_, left));
  }
}

void FileStreamSourceTask::Wait(milliseconds time) {
  if (input_->is_open() && input_->is_stdin()) {
    input_->CanRead(std::min(time, milliseconds(100)));  // a stop is seen after that
  } else {
    WaitFor(time);
  }
}

bool FileStreamSourceTask::Open() {
  if (!input_->Open()) {
    if (!missing_said_ || Clock::now() - *missing_said_ > kMissingSaidEvery) {
      missing_said_ = Clock::now();
      log().Warn("Couldn't find file ", input_->name(),
                 " for FileStreamSourceTask, sleeping to wait for it to be created");
    }
    return false;
  }
  missing_said_.reset();
  if (!resumed_ && !input_->is_stream()) {
    position_ = StoredNumber(*partition_, "position").value_or(0);
    if (position_ < 0) {
      throw ConnectException(
          "The stored position of file '", input_->name(), "' is ", position_,
          "; it should not be negative: correct it with PATCH /connectors/<name>/offsets");
    }
  }
  resumed_ = true;
  log().Info("Reading ", input_->name(), " from byte ", position_);
  return true;
}

bool FileStreamSourceTask::Read(sdk::RecordBatch& batch) {
  if (!input_->is_open() && !Open()) return false;
  now_ms_ =
      std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  return input_->is_stream() ? ReadStream(batch) : ReadFile(batch);
}

void FileStreamSourceTask::Add(sdk::RecordBatch& batch, std::string_view line, int64_t position) {
  sdk::NewRecord record = batch.Add(topic_);
  record.Borrow(schema_, line).Timestamp(now_ms_);
  if (input_->is_stdin()) {
    record.From(partition_, no_position_);
  } else {
    record.From(partition_, "position", position);
  }
}

bool FileStreamSourceTask::ReadFile(sdk::RecordBatch& batch) {
  const int64_t size = input_->Size();
  if (size <= position_ + partial_) return LookForChange(batch, size);
  replaced_since_.reset();
  if (partial_ >= kScanFrom && !HasLineEnd(size)) return false;
  int64_t position = position_,
          partial = partial_;  // taken over at the end: an error on the way drops the batch
  while (batch.size() < batch_size_ && batch.bytes() < kBatchBytesMax &&
         position + partial < size) {
    const size_t want = static_cast<size_t>(std::min<int64_t>(
        size - position, std::max<int64_t>(static_cast<int64_t>(block_), 2 * partial)));
    char* block = batch.Allocate(want);
    const size_t got = input_->ReadAt(position, block, want);
    if (got <= static_cast<size_t>(partial)) break;  // cut short meanwhile
    LineSplitter lines({block, got});
    const size_t before = batch.size();
    while (batch.size() < batch_size_) {
      const std::optional<std::string_view> line = lines.Next();
      if (!line) break;
      Add(batch, *line, position + static_cast<int64_t>(lines.consumed()));
    }
    const size_t used = lines.consumed();
    position += static_cast<int64_t>(used);
    partial = batch.size() < batch_size_ ? static_cast<int64_t>(got - used) : 0;
    CheckLine(position, partial);
    // Next time read about what fills a batch, so that little is read twice.
    if (batch.size() == batch_size_ && before == 0) {
      block_ = std::clamp(used + used / 8, kBlockMin, kBlockMax);
    } else if (got == want) {
      block_ = std::min(block_ * 2, kBlockMax);
    }
  }
  position_ = position;
  partial_ = partial;
  return !batch.empty();
}

// Whether a long line that grew has its end now; only what is new is read. Without an end, all of
// it is partial.
bool FileStreamSourceTask::HasLineEnd(int64_t size) {
  char scratch[16 * 1024];
  for (int64_t at = position_ + partial_ - 1; at < size;) {  // the last old byte may be a \r
    const size_t got = input_->ReadAt(
        at, scratch, static_cast<size_t>(std::min<int64_t>(size - at, sizeof scratch)));
    if (got == 0) break;
    if (LineSplitter({scratch, got}).Next() ||
        (scratch[got - 1] == '\r' && at + static_cast<int64_t>(got) < size)) {
      return true;
    }
    at += static_cast<int64_t>(got);
  }
  partial_ = size - position_;
  CheckLine(position_, partial_);
  return false;
}

void FileStreamSourceTask::CheckLine(int64_t position, int64_t partial) const {
  if (partial <= kLineBytesMax) return;
  throw ConnectException("'", input_->name(), "' has a line of more than ", kLineBytesMax,
                         " bytes, at byte ", position, "; a line ends with \\n, \\r\\n or \\r");
}

// Nothing new behind what was read: is it still the same file?
bool FileStreamSourceTask::LookForChange(sdk::RecordBatch& batch, int64_t size) {
  if (size < position_ + partial_) {
    log().Warn("File ", input_->name(), " has ", size, " bytes and had at least ",
               position_ + partial_, ": it was cut short, and is read again from its beginning");
    position_ = partial_ = 0;
    return size > 0 && ReadFile(batch);
  }
  if (!input_->IsReplaced()) {
    replaced_since_.reset();
    return false;
  }
  // Whoever wrote the old file may still do so for a moment.
  if (!replaced_since_) replaced_since_ = Clock::now();
  if (Clock::now() - *replaced_since_ < kReplacedGrace) return false;
  log().Info("Another file has taken the place of ", input_->name(),
             ": reading it from its beginning");
  if (partial_ > 0) {  // the old file's last line, whose end will never come
    char* block = batch.Allocate(static_cast<size_t>(partial_));
    const size_t got = input_->ReadAt(position_, block, static_cast<size_t>(partial_));
    LineSplitter rest({block, got});
    if (const auto line = rest.Rest()) Add(batch, *line, position_ + partial_);
  }
  replaced_since_.reset();
  input_->Close();
  position_ = partial_ = 0;
  return !batch.empty();
}

bool FileStreamSourceTask::ReadStream(sdk::RecordBatch& batch) {
  const bool lines_waiting = partial_ == 0 && !carried_.empty();  // left over from a full batch
  if (!lines_waiting && !input_->CanRead(milliseconds(0))) return false;
  const size_t room = carried_.size() + kStreamBlock;
  char* block = batch.Allocate(room);
  std::copy(carried_.begin(), carried_.end(), block);
  size_t got = 0;
  LineInput::Got what = LineInput::Got::kNothingYet;
  if (!lines_waiting) what = input_->ReadSome(block + carried_.size(), kStreamBlock, got);
  LineSplitter lines({block, carried_.size() + got});
  while (batch.size() < batch_size_) {
    std::optional<std::string_view> line = lines.Next();
    if (!line && what == LineInput::Got::kEnd && input_->is_stdin()) line = lines.Rest();
    if (!line) break;
    Add(batch, *line, position_ + static_cast<int64_t>(lines.consumed()));
  }
  carried_.assign(block + lines.consumed(), carried_.size() + got - lines.consumed());
  position_ += static_cast<int64_t>(lines.consumed());
  partial_ = batch.size() < batch_size_ ? static_cast<int64_t>(carried_.size()) : 0;
  CheckLine(position_, partial_);
  if (what == LineInput::Got::kEnd && input_->is_stdin() && carried_.empty()) {
    Finish();
    return true;
  }
  return !batch.empty();
}

// ---- The connector

sdk::ClassInfo FileStreamSourceConnector::Describe() {
  return {.name = "org.apache.kafka.connect.file.FileStreamSourceConnector",
          .doc = "Sends each line of a file, or of standard input, as a record.",
          .keys = {ConfigKey("file").Optional().High().Doc(
                       "File to read. Without it, standard input is read."),
                   ConfigKey("topic").High().NonEmpty().Doc("Topic that the lines go to."),
                   ConfigKey("batch.size", ConfigType::kInt)
                       .Default("2000")
                       .Low()
                       .Doc("The most lines that are handed over at a time.")},
          .aliases = {"FileStreamSourceConnector", "FileStreamSource"}};
}

// A misspelt `file` would be standard input.
void FileStreamSourceConnector::Validate(const sdk::Config& config, sdk::Problems& problems) {
  shared::ReportUnknownKeys(config, Describe().keys, {}, problems);
}

// A file that is only appended to can be resumed exactly; standard input can't.
bool FileStreamSourceConnector::ExactlyOnce(const sdk::Config& config) {
  return !FileOf(config).empty();
}

void FileStreamSourceConnector::Start(const sdk::Config& config) {
  const std::string file = FileOf(config);
  log().Info("Starting file source connector reading from ",
             file.empty() ? "standard input" : file);
}

bool FileStreamSourceConnector::AlterOffsets(const sdk::Config& config,
                                             const std::vector<sdk::OffsetChange>& changes) {
  if (FileOf(config).empty()) {
    throw ConnectException(
        "Offsets cannot be modified if the 'file' configuration is unspecified. This is because "
        "stdin is used for input "
        "and offsets are not tracked.");
  }
  for (const sdk::OffsetChange& change : changes) {
    if (sdk::IsNull(change.offset))
      continue;  // whatever the partition is: garbage must be removable
    const sdk::Value* position = sdk::Find(change.offset, "position");
    if (position == nullptr) {
      throw ConnectException("Offset objects should either be null or contain the key 'position'");
    }
    if (position->kind != SLUICE_INT64) {
      throw ConnectException(
          "The value for the 'position' key in the offset is expected to be a Long value");
    }
    if (position->as.int64 < 0) {
      throw ConnectException(
          "The value for the 'position' key in the offset should be a non-negative value");
    }
    if (sdk::IsNull(change.partition)) throw ConnectException("Partition objects cannot be null");
    if (sdk::Find(change.partition, "filename") == nullptr) {
      throw ConnectException("Partition objects should contain the key 'filename'");
    }
  }
  return true;
}

}  // namespace sluice::file
