// The files of one topic partition. All of them are cut at once: by flush.size records, by time, by
// memory, by the number of open files; after a cut everything that was taken is in the store.
//
// Exactly once: files begin where the last cut was, offsets are committed up to the last cut only,
// and a cut depends on the records alone (but for wall clocks). So whoever reads the same records
// again writes the same names with the same bytes. With a schedule, which is a wall clock, objects
// are written only where there are none, and say up to which offset they go: records that an
// earlier life of the task has put there are left out. An object is an earlier life's if it says
// that its first record was ours; else it is another topic's of the same name, and overwritten.
//
//   [0 1 2 3 | 4 5 6      killed before the offset 4 was committed
//   [0 1 | ...            read again from 0 and cut earlier: the name of 0 is taken, by 0..3;
//                         so read again from 0, leave out 0..3, and go on with 4
//
// What a failure comes to:
//   a record that does not fit  DataException of Take; it is over with
//   may pass                    StoreError of Take or Tick; the same call again goes on
//   the put's time is over      likewise: StoreError, kLate
//   an upload that is gone      the partition is read again from the last cut: see rewind(), loss()
//   all else                    StoreError, kFatal: the task fails
//
// One thread at a time.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARTITION_WRITER_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARTITION_WRITER_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "connectors/object_store_sink/data_file.h"
#include "connectors/object_store_sink/partitioner.h"
#include "connectors/object_store_sink/side_values.h"
#include "connectors/object_store_sink/store_error.h"
#include "connectors/object_store_sink/writer_options.h"
#include "connectors/sdk/logger.h"
#include "connectors/sdk/record.h"

namespace sluice::object_store_sink {

// How long a put may write, of all writers. One file, or part of one, is written whatever the time.
struct PutBudget {
  std::chrono::steady_clock::time_point deadline;
  bool worked = false;  // one was written
};

class PartitionWriter {
 public:
  PartitionWriter(const WriterOptions& options, ObjectStore& store, const FileFormats& formats,
                  const sdk::Logger& log, std::string topic, int32_t partition);

  // Before the records of a put. One that did not end is repeated. `budget`, if any, lives until
  // the put ends.
  void BeginPut(PutBudget* budget = nullptr);
  // A record that the put before, which did not end, has taken is passed over, or refused once
  // more.
  void Take(const sluice_record& record, int64_t now_ms);
  // What time asks for, without a record.
  void Tick(int64_t now_ms);
  // After a put that worked: what comes then is new, whatever its offset, as when the topic was
  // made anew.
  void EndPut();

  // Where to consume from, if a file was lost: asked for once, and the rest of the put is void.
  std::optional<int64_t> rewind();
  // Why the store has lost what was written, so that it is read again; "" if it has not since this
  // was asked last. It may do so again.
  std::string loss();
  // The offset to commit, of one up to which all was taken.
  int64_t Committable(int64_t taken) const;
  size_t memory() const { return memory_; }
  size_t open_files() const { return files_.size(); }

 private:
  struct Open {
    std::string key;  // topic, folders and schemas
    std::string topic, folders;
    bool tombstones;
    sdk::Schema schema, key_schema;
    std::unique_ptr<DataFile> file;
    std::string source = {};  // who its first record is, if files are conditional
    size_t memory = 0;        // as counted in memory_
  };
  struct Values {
    SideValue value, key, headers;
  };

  void TakeNew(const sluice_record& record, int64_t now_ms);
  // False: the record is over with.
  bool TakesNull(const sluice_record& record);
  bool IsTime(const std::string& folders, bool timed, int64_t now_ms) const;
  bool IsScheduled(int64_t now_ms) const;
  Values ValuesOf(const sluice_record& record, bool tombstone);
  // The open file for the record, projected if need be, or a new one. nullptr: making room for one
  // has rewound the partition.
  Open* FileFor(const sluice_record& record, const std::string& folders, bool tombstone,
                Values& values);
  // Makes it the last one.
  void NewFile(const sluice_record& record, const std::string& folders, bool tombstone,
               const Values& values, std::string key);
  // Without making a key.
  bool IsFor(const Open& open, const sluice_record& record, const std::string& folders,
             bool tombstone, const Values& values) const;
  bool HasSchema() const;
  std::string KeyOf(const sluice_record& record, const std::string& folders, bool tombstone,
                    const Values& values) const;
  bool IsCovered(const std::string& key, int64_t offset);
  void Write(Open& open, const sluice_record& record, const Values& values);
  std::string SourceOf(const sluice_record& record) const;
  void Weigh(Open& open);
  // The file that was made last, for a record that it did not get.
  void DropLast();
  void Note(const sluice_record& record, const std::string& folders, bool timed, int64_t now_ms);

  // Finishes what a failure has left undone.
  void Settle();
  // Full parts. False: the upload is gone, and the partition was rewound.
  bool Send(Open& open);
  void Commit();
  void CheckTime() const;
  void FinishFile(Open& open);
  // False: the object that is there is another; the partition was rewound.
  bool Accept(Open& open);
  void Tag(const DataFile& file);
  void ReadAgain(const StoreError& gone);
  void Rewind();
  void Forget();

  const WriterOptions& options_;
  ObjectStore& store_;
  const FileFormats formats_;
  const sdk::Logger log_;
  const std::string topic_;  // that it consumes; records may say another
  const int32_t partition_;
  const std::unique_ptr<Partitioner> partitioner_;
  SideValues side_;
  abi::Arena arena_;

  // Of the files that are open.
  std::vector<Open> files_;
  std::unordered_map<std::string, size_t> index_;  // by key
  size_t last_ = 0;                                // the file of the last record
  std::map<std::string, size_t> current_;  // folders to the file that records go to, with a rule
  int64_t count_ = 0;
  size_t memory_ = 0;
  int64_t open_from_ = -1;      // the offset of their first record
  int64_t base_timestamp_ = 0;  // its time
  bool has_base_ = false;
  int64_t scheduled_at_ = 0;
  std::string folders_;   // of the last record that has a time
  bool cut_due_ = false;  // a cut began and did not end
  bool unsent_ = false;   // a part could not be sent

  std::string good_folders_;  // that were checked last
  int64_t next_offset_ = INT64_MIN;
  int64_t repeat_until_ = INT64_MIN;
  PutBudget* budget_ = nullptr;
  bool in_put_ = true;                      // it is made in one
  std::map<int64_t, std::string> refused_;  // in this put
  std::map<std::string, int64_t> covered_;  // by objects of an earlier life
  std::optional<int64_t> rewind_;
  std::string loss_;
  bool moved_ = false;
  int64_t moved_to_ = 0;
};

// The first instant after `now_ms` that is a multiple of `interval` from the zone's midnight, or
// the next midnight.
int64_t NextScheduled(int64_t now_ms, std::chrono::milliseconds interval,
                      const shared::TimeZone& zone);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARTITION_WRITER_H_
