// FileStreamSource: one record for each line of a file or of standard input, as Apache Kafka's
// connector of that name makes them. The lines of a record batch lie in the blocks that were read:
// nothing is copied for a single record.
//
// `position` is where the line after the record begins, in bytes. A line without its end is not
// sent until the end comes. A file that is not there is waited for. One that became shorter than
// what was read is read again from its beginning; so is one that another has taken the place of,
// after the old one has been quiet for a second.
#ifndef SLUICE_CONNECTORS_FILE_FILE_SOURCE_H_
#define SLUICE_CONNECTORS_FILE_FILE_SOURCE_H_

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "connectors/file/line_input.h"
#include "connectors/sdk/plugin.h"

namespace sluice::file {

class FileStreamSourceTask : public sdk::SourceTask {
 public:
  void Start(const sdk::Config& config) override;
  void Poll(sdk::RecordBatch& batch, sdk::milliseconds timeout) override;

 private:
  using Clock = std::chrono::steady_clock;

  bool Open();
  // Add what there is now; false: nothing.
  bool Read(sdk::RecordBatch& batch);
  bool ReadFile(sdk::RecordBatch& batch);
  bool ReadStream(sdk::RecordBatch& batch);
  bool HasLineEnd(int64_t size);
  void CheckLine(int64_t position, int64_t partial) const;
  bool LookForChange(sdk::RecordBatch& batch, int64_t size);
  void Add(sdk::RecordBatch& batch, std::string_view line, int64_t position);
  void Wait(sdk::milliseconds time);

  const sdk::Schema schema_ = sdk::schemas::String();
  std::string topic_;
  size_t batch_size_ = 0;
  std::optional<LineInput> input_;
  const sdk::Value* partition_ = nullptr;
  const sdk::Value* no_position_ = nullptr;  // of standard input, which cannot be resumed

  bool resumed_ = false;  // the stored offset has been asked for
  int64_t position_ = 0;  // all before it has been sent
  int64_t partial_ = 0;   // bytes behind position_ that hold no whole line yet
  size_t block_ = 0;      // how much to read at a time, adapted to batch_size_ lines
  std::string carried_;   // of a stream: what has been read and not sent
  int64_t now_ms_ = 0;    // the timestamp of the records of this poll
  sdk::milliseconds idle_{0};
  std::optional<Clock::time_point> missing_said_, replaced_since_;
};

class FileStreamSourceConnector : public sdk::SourceConnector {
 public:
  using Task = FileStreamSourceTask;
  static sdk::ClassInfo Describe();
  static void Validate(const sdk::Config& config, sdk::Problems& problems);
  static bool ExactlyOnce(const sdk::Config& config);

  void Start(const sdk::Config& config) override;
  // One file, one task.
  std::vector<sdk::Config::Map> TaskConfigs(int) override { return {config().given()}; }
  bool AlterOffsets(const sdk::Config& config,
                    const std::vector<sdk::OffsetChange>& changes) override;
};

}  // namespace sluice::file

#endif  // SLUICE_CONNECTORS_FILE_FILE_SOURCE_H_
