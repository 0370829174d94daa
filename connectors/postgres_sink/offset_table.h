// Exactly once: where each partition is to be resumed, kept in the database and moved in the
// transaction that writes the rows. The task's thread only. Throws SqlError, and ConnectException
// where the task has been fenced.
//
// A partition is claimed when it is assigned: its epoch counts up. A task that lost the partition
// without noticing (a zombie) may be in the middle of a transaction: the claim waits for the lock
// on the partition's row, so it sees what that transaction wrote, and each later one of the
// zombie's finds no row of its epoch and next offset: it is fenced, its rows are rolled back, and
// it stops. Two tasks can never both write a record.
#ifndef SLUICE_CONNECTORS_POSTGRES_SINK_OFFSET_TABLE_H_
#define SLUICE_CONNECTORS_POSTGRES_SINK_OFFSET_TABLE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connectors/postgres/connection.h"
#include "connectors/postgres/identifier.h"
#include "connectors/sdk/sink.h"

namespace sluice::postgres::sink {

class OffsetTable {
 public:
  using Id = std::pair<std::string, int32_t>;  // original topic, partition
  static constexpr int64_t kNothingYet = -1;

  // `connector`: its name; several connectors may share a table.
  OffsetTable(std::string connector, TableName table, Quoting quoting, Connection& connection);

  // Makes the table if it is not there.
  void Create();
  // Claims partitions and remembers their next offsets; kNothingYet where nothing was written.
  void Claim(const std::vector<Id>& ids);
  void Release(const Id& id) { owned_.erase(id); }
  bool owns(const Id& id) const { return owned_.contains(id); }
  int64_t next(const Id& id) const { return owned_.at(id).next; }
  // After a lost connection: was the last transaction committed?
  void Reload();

  // Inside a transaction: moves partitions to the offsets behind what it writes, and fails if one
  // is not ours any more.
  void Move(const std::map<Id, int64_t>& next);
  // The transaction of the last Move was committed.
  void Moved();

  // A user has altered offsets: sets them (nothing: forget the partition). Whoever owns it is
  // fenced.
  void Set(const Id& id, std::optional<int64_t> next);

 private:
  struct Owned {
    int64_t next = kNothingYet, epoch = 0;
  };
  std::string Key(const Id& id) const;

  const std::string connector_;
  const TableName name_;
  const std::string table_;  // as SQL writes it
  Connection& connection_;
  std::map<Id, Owned> owned_;
  std::map<Id, int64_t> moving_;
};

}  // namespace sluice::postgres::sink

#endif  // SLUICE_CONNECTORS_POSTGRES_SINK_OFFSET_TABLE_H_
