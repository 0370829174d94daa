// Appends the member n of each struct to a file; refuses all else.
#ifndef TESTS_CONFORMANCE_FAULTY_FAULTY_SINK_H_
#define TESTS_CONFORMANCE_FAULTY_FAULTY_SINK_H_

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "connectors/sdk/plugin.h"
#include "tests/conformance/faulty/fault.h"

namespace sluice::faulty {

class FaultySink : public sdk::SinkTask {
 public:
  ~FaultySink() override {
    if (file_ >= 0) close(file_);
  }

  void Start(const sdk::Config& config) override {
    dir_ = config.GetString("dir");
    file_ = open((dir_ + "/out").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (file_ < 0) throw sdk::ConnectException("Cannot write to ", dir_, "/out");
  }

  void Put(const sdk::SinkBatch& batch) override {
    if (Has("fails_empty") && batch.empty()) throw sdk::ConnectException("There is nothing");
    flushed_ = false;
    if (IsOutage(dir_)) {
      if (Has("fails_in_outage")) throw sdk::ConnectException("The target is gone");
      if (Has("deaf_stop") && ++outages_ > 1) WaitForEver();
      throw sdk::RetriableException("The target is gone");
    }
    for (const sdk::SinkRecord record : batch) Take(record);
    if (!Has("buffers")) Write();
  }

  void Flush(std::vector<sdk::PartitionOffset>& offsets) override {
    for (sdk::PartitionOffset& one : offsets) {
      if (Has("flush_ahead") && flushed_ && one.partition == 1) one.offset += 5;
    }
    flushed_ = true;
  }

  void Revoked(const std::vector<sdk::PartitionOffset>&, bool lost) override {
    if (Has("fails_on_lost") && lost) throw sdk::ConnectException("Where is it");
  }

  void Stop() override {
    if (Has("buffers")) Write();
  }

 private:
  void Take(const sdk::SinkRecord& record) {
    const sdk::Value& value = record.value();
    if (Has("crashes_on_odd") && value.kind == SLUICE_MAP) std::abort();
    const bool bad = value.kind == SLUICE_STRING && sdk::Text(value) == "no struct";
    if (Has("fails_on_bad") && bad) throw sdk::ConnectException("It is bad");
    if (Has("swallows_bad") && bad) return;
    const int field =
        value.kind == SLUICE_STRUCT ? abi::FieldIndex(*value.as.structure->schema, "n") : -1;
    if (field < 0) return record.Reject("It has no n");
    const int64_t number = value.as.structure->values[field].as.int64;
    lines_ += sdk::Cat(number, "\n");
    if (Has("writes_twice") && number == 0) lines_ += "0\n";
  }

  void Write() {
    if (write(file_, lines_.data(), lines_.size()) != static_cast<ssize_t>(lines_.size())) {
      throw sdk::ConnectException("Cannot write");
    }
    lines_.clear();
  }

  std::string dir_, lines_;
  int file_ = -1, outages_ = 0;
  bool flushed_ = false;
};

class FaultySinkConnector : public sdk::SinkConnector {
 public:
  using Task = FaultySink;
  static sdk::ClassInfo Describe() {
    return {.name = "test.FaultySinkConnector",
            .doc = "Appends numbers to a file, in the wrong way if that is asked for.",
            .keys = {sdk::ConfigKey("dir").Doc("The file's folder.")}};
  }
};

}  // namespace sluice::faulty

#endif  // TESTS_CONFORMANCE_FAULTY_FAULTY_SINK_H_
