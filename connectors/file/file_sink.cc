#include "connectors/file/file_sink.h"

#include <utility>

#include "connectors/file/value_text.h"
#include "connectors/shared/json_text.h"
#include "connectors/shared/unknown_keys.h"

namespace sluice::file {
namespace {

using sdk::ConfigKey;

constexpr size_t kWriteFrom = 1 << 20;
constexpr sdk::milliseconds kTryAgainAfter{1000};

std::string FileOf(const sdk::Config& config) {
  return std::string(config.Find("file").value_or(""));
}

}  // namespace

void FileStreamSinkTask::Start(const sdk::Config& config) {
  json_ = config.GetString("format") == "json";
  writer_.emplace(FileOf(config));
  if (const size_t cut = writer_->Open(); cut > 0) {
    log().Warn("Removed the last ", cut, " bytes of ", writer_->name(),
               ": an unfinished line of a task that was killed; its record will be written again");
  }
}

void FileStreamSinkTask::Append(const sdk::SinkRecord& record) {
  std::string& out = writer_->buffer();
  const size_t start = out.size();
  try {
    if (json_) {
      shared::AppendJson(out, record.value(), shared::DecimalText::kNumeric);
    } else {
      AppendText(out, record.value());
    }
    out.push_back('\n');
  } catch (const sdk::DataException& bad) {
    out.resize(start);
    record.Reject(bad.what());
  }
}

bool FileStreamSinkTask::Write() {
  const LineWriter::Result result = writer_->Write();
  if (result.ok) {
    if (!waiting_for_.empty()) log().Info("Writing to ", writer_->name(), " again");
    waiting_for_.clear();
    return true;
  }
  if (!result.passing) throw sdk::ConnectException(result.text);
  if (waiting_for_.empty())
    log().Error(result.text, "; trying again every second, no offset is committed meanwhile");
  waiting_for_ = result.text;
  return false;
}

void FileStreamSinkTask::Put(const sdk::SinkBatch& batch) {
  if (!writer_->buffer().empty() && !Write()) {
    RetryAfter(kTryAgainAfter);
    throw sdk::RetriableException(waiting_for_);
  }
  bool writing = true;
  for (sdk::SinkRecord record : batch) {
    Append(record);
    if (writing && writer_->buffer().size() >= kWriteFrom) writing = Write();
  }
  if (writing && !writer_->buffer().empty()) writing = Write();
  if (!writing) RetryAfter(kTryAgainAfter);
}

void FileStreamSinkTask::Flush(std::vector<sdk::PartitionOffset>& offsets) {
  if (writer_->buffer().empty() || Write()) return;
  for (sdk::PartitionOffset& offset : offsets) offset.offset = SLUICE_NO_OFFSET;
}

sdk::ClassInfo FileStreamSinkConnector::Describe() {
  return {
      .name = "org.apache.kafka.connect.file.FileStreamSinkConnector",
      .doc = "Appends each record's value to a file, or to standard output, as a line.",
      .keys =
          {ConfigKey("file").Optional().High().Doc("File to append to; made if it is not there. "
                                                   "Without it, standard output is written to."),
           ConfigKey("format")
               .Default("text")
               .OneOf({"text", "json"})
               .Low()
               .Doc("What a line is: `text`, as Java writes the value, or `json`, a JSON value.")},
      .aliases = {"FileStreamSinkConnector", "FileStreamSink"}};
}

// A misspelt `file` would be standard output.
void FileStreamSinkConnector::Validate(const sdk::Config& config, sdk::Problems& problems) {
  shared::ReportUnknownKeys(config, Describe().keys, {}, problems);
}

void FileStreamSinkConnector::Start(const sdk::Config& config) {
  const std::string file = FileOf(config);
  log().Info("Starting file sink connector writing to ", file.empty() ? "standard output" : file);
}

}  // namespace sluice::file
