// FileStreamSink: appends a line for each record to a file or to standard output, as Apache Kafka's
// connector of that name does; with format=json each line is a JSON value.
//
// All lines of a Put are in the file when it ends, or wait in memory: then the next Put is refused
// until they are written (a full disk), and no offset is committed meanwhile.
#ifndef SLUICE_CONNECTORS_FILE_FILE_SINK_H_
#define SLUICE_CONNECTORS_FILE_FILE_SINK_H_

#include <optional>
#include <vector>

#include "connectors/file/line_writer.h"
#include "connectors/sdk/plugin.h"

namespace sluice::file {

class FileStreamSinkTask : public sdk::SinkTask {
 public:
  void Start(const sdk::Config& config) override;
  void Put(const sdk::SinkBatch& batch) override;
  void Flush(std::vector<sdk::PartitionOffset>& offsets) override;

 private:
  // Appends the record's line, or rejects the record.
  void Append(const sdk::SinkRecord& record);
  // Throws unless what is wrong may pass; then says so once.
  bool Write();

  bool json_ = false;
  std::optional<LineWriter> writer_;
  std::string waiting_for_;  // why the buffer could not be written; empty: nothing waits
};

class FileStreamSinkConnector : public sdk::SinkConnector {
 public:
  using Task = FileStreamSinkTask;
  static sdk::ClassInfo Describe();
  static void Validate(const sdk::Config& config, sdk::Problems& problems);
  void Start(const sdk::Config& config) override;
  // Offsets are the worker's alone.
  bool AlterOffsets(const sdk::Config&, const std::vector<sdk::OffsetChange>&) override {
    return true;
  }
};

}  // namespace sluice::file

#endif  // SLUICE_CONNECTORS_FILE_FILE_SINK_H_
