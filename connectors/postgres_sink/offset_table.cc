#include "connectors/postgres_sink/offset_table.h"

#include <cstdlib>

#include "connectors/sdk/errors.h"

namespace sluice::postgres::sink {

using sdk::Cat;

OffsetTable::OffsetTable(std::string connector, TableName table, Quoting quoting,
                         Connection& connection)
    : connector_(std::move(connector)),
      name_(std::move(table)),
      table_(quoting(name_)),
      connection_(connection) {}

std::string OffsetTable::Key(const Id& id) const {
  return Cat("connector = ", QuoteLiteral(connector_), " AND topic = ", QuoteLiteral(id.first),
             " AND kafka_partition = ", id.second);
}

void OffsetTable::Create() {
  if (!connection_.Query("SELECT 1 WHERE to_regclass($1) IS NOT NULL", {table_}).rows.empty())
    return;
  try {
    connection_.Execute(
        Cat("CREATE TABLE IF NOT EXISTS ", table_,
            " (connector text NOT NULL, topic text NOT NULL, kafka_partition int NOT NULL, ",
            "next_offset bigint NOT NULL, epoch bigint NOT NULL, ",
            "PRIMARY KEY (connector, topic, kafka_partition))"));
  } catch (const SqlError& error) {
    // Another task makes it at the same moment.
    if (error.sqlstate() != "23505" && error.sqlstate() != "42P07" && error.sqlstate() != "42710")
      throw;
  }
}

void OffsetTable::Claim(const std::vector<Id>& ids) {
  for (const Id& id : ids) {
    const Rows claimed = connection_.Query(
        Cat("INSERT INTO ", table_, " AS o VALUES ($1, $2, $3::int, ", kNothingYet,
            ", 1) ON CONFLICT (connector, topic, kafka_partition) DO UPDATE SET epoch = o.epoch + "
            "1 ",
            "RETURNING next_offset, epoch"),
        {connector_, id.first, std::to_string(id.second)});
    owned_[id] = {std::atoll(claimed.rows.at(0).at(0).c_str()),
                  std::atoll(claimed.rows.at(0).at(1).c_str())};
  }
}

void OffsetTable::Reload() {
  for (auto& [id, owned] : owned_) {
    const Rows read =
        connection_.Query(Cat("SELECT next_offset, epoch FROM ", table_, " WHERE ", Key(id)));
    if (read.rows.empty() || std::atoll(read.rows[0][1].c_str()) != owned.epoch) {
      throw sdk::ConnectException("This task has been fenced: another one has taken over ",
                                  id.first, "-", id.second, ", as ", name_.Text(), " says");
    }
    owned.next = std::atoll(read.rows[0][0].c_str());
  }
}

void OffsetTable::Move(const std::map<Id, int64_t>& next) {
  moving_ = next;
  if (next.empty()) return;
  std::string values;
  for (const auto& [id, offset] : next) {
    const Owned& owned = owned_.at(id);
    values += Cat(values.empty() ? "(" : ", (", QuoteLiteral(id.first), ", ", id.second, ", ",
                  offset, "::bigint, ", owned.next, "::bigint, ", owned.epoch, "::bigint)");
  }
  connection_.Add(
      Cat("UPDATE ", table_, " AS o SET next_offset = v.n FROM (VALUES ", values,
          ") AS v(t, p, n, expected, epoch) WHERE o.connector = ", QuoteLiteral(connector_),
          " AND o.topic = v.t AND o.kafka_partition = v.p AND o.next_offset = v.expected",
          " AND o.epoch = v.epoch"));
  const std::vector<int64_t> affected = connection_.Run();
  if (affected.empty() || affected.back() != static_cast<int64_t>(next.size())) {
    throw sdk::ConnectException(
        "This task has been fenced: of its ", next.size(), " partitions another task, or somebody ",
        "who changed ", name_.Text(), ", has taken some; what it was about to write is rolled ",
        "back. Restart the task if it should have them");
  }
}

void OffsetTable::Moved() {
  for (const auto& [id, offset] : moving_) owned_[id].next = offset;
  moving_.clear();
}

void OffsetTable::Set(const Id& id, std::optional<int64_t> next) {
  if (next) {
    connection_.Query(Cat("INSERT INTO ", table_, " AS o VALUES ($1, $2, $3::int, $4::bigint, 1) ",
                          "ON CONFLICT (connector, topic, kafka_partition) ",
                          "DO UPDATE SET next_offset = EXCLUDED.next_offset, epoch = o.epoch + 1"),
                      {connector_, id.first, std::to_string(id.second), std::to_string(*next)});
  } else {
    connection_.Query(Cat("UPDATE ", table_, " SET next_offset = ", kNothingYet,
                          ", epoch = epoch + 1 WHERE ", Key(id)));
  }
}

}  // namespace sluice::postgres::sink
