// The order in which the rows of a put are written: groups of rows that one statement writes,
// executed one after the other. What comes out is what the records, one by one, would have made of
// the table:
//
// - upsert, update: of several records with one key the last wins, if it has the same columns;
//   else a new group begins
// - a delete beats what came before it, and stands before what comes after it
// - insert: rows stay in their order
//
// So groups are few, whatever the mix of schemas, tombstones and keys, and a statement never meets
// a row twice. Rows of a group with a key are sorted by it, so that tasks that write the same rows
// lock them in one order.
//
// With `reduce` false no record is left out: this is for finding rows that the server refuses, as
// the one that would have won may be the one that fails. One thread at a time; the memory is kept
// from put to put.
#ifndef SLUICE_CONNECTORS_POSTGRES_SINK_ARRANGEMENT_H_
#define SLUICE_CONNECTORS_POSTGRES_SINK_ARRANGEMENT_H_

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "connectors/postgres_sink/byte_buffer.h"
#include "connectors/postgres_sink/plan.h"

namespace sluice::postgres::sink {

struct Group {
  const Plan* plan = nullptr;
  std::vector<uint32_t> rows;  // indexes of records in the batch
};

// The rows of one table.
class Arrangement {
 public:
  // `keyed`: rows have keys, and those of one key depend on each other.
  void Begin(bool keyed, bool reduce);
  // A record, in the order of the batch. `key`: its key columns' bytes, copied; only looked at if
  // keyed.
  void Add(const Plan& plan, uint32_t row, std::string_view key);
  // The groups, to be executed in this order; valid until Begin.
  const std::vector<Group*>& Finish();
  const std::vector<Group*>& groups() const { return groups_; }
  // A record was left out because a later one beats it.
  bool reduced() const { return reduced_; }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  // A row that is to be written, or was and is beaten (`plan` is nullptr).
  struct Slot {
    const Plan* plan;
    uint32_t row;
    uint32_t entry;
  };
  // A key of this generation.
  struct Entry {
    uint64_t hash;
    size_t key_at;
    uint32_t key_size;
    uint32_t written = kNone;  // slots
    uint32_t deleted = kNone;
  };

  Entry& Find(std::string_view key);
  void Rehash(size_t size);
  uint32_t Append(const Plan& plan, uint32_t row, uint32_t entry);
  // Ends a generation: its deletes, then its rows, by plan.
  void Close();
  Group& NewGroup(const Plan& plan);
  std::string_view KeyOf(uint32_t entry) const {
    return keys_.view().substr(entries_[entry].key_at, entries_[entry].key_size);
  }

  bool keyed_ = false, reduce_ = true, reduced_ = false;
  std::vector<Slot> slots_;
  std::vector<Entry> entries_;
  std::vector<uint32_t> buckets_;  // indexes of entries, by hash; a power of two of them
  ByteBuffer keys_;
  std::vector<const Plan*> plans_;  // of this generation, in order of appearance
  std::vector<uint32_t> sorted_;
  std::vector<std::unique_ptr<Group>> pool_;  // groups, kept for their memory
  std::vector<Group*> groups_;
};

}  // namespace sluice::postgres::sink

#endif  // SLUICE_CONNECTORS_POSTGRES_SINK_ARRANGEMENT_H_
