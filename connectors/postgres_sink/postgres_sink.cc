#include "connectors/postgres_sink/postgres_sink.h"

#include <cstdlib>
#include <functional>
#include <utility>

#include "connectors/postgres_sink/fields.h"

namespace sluice::postgres::sink {
namespace {

using std::chrono::steady_clock;

// Topic, partition and offset of a record, for texts.
std::string NameOf(const sdk::SinkRecord& record) {
  return sdk::Cat(record.original_topic(), "-", record.original_partition(), "@", record.offset());
}

// A number of an offset, which a user may have written as text.
int64_t NumberOf(const sdk::Value& value) {
  return value.kind == SLUICE_STRING ? std::atoll(std::string(sdk::Text(value)).c_str())
                                     : value.as.int64;
}

}  // namespace

void PostgresSinkTask::Start(const sdk::Config& config) {
  parts_.emplace(ReadConfig(config), stop_, log());
  for (const std::string& name : parts_->config.connection.ignored) {
    log().Warn("The parameter ", name, " of connection.url, or the key connection.", name,
               ", means nothing to this connector and is ignored");
  }
}

void PostgresSinkTask::Assigned(const std::vector<sdk::PartitionOffset>& partitions) {
  if (!parts_->config.exactly_once) return;
  for (const sdk::PartitionOffset& one : partitions) unclaimed_.emplace(one.topic, one.partition);
  try {
    Connect();
    ClaimPartitions();
  } catch (const SqlError& error) {
    if (error.kind() == ErrorKind::kFatal) throw sdk::ConnectException(error.what());
    parts_->connection.Close();  // a put begins anew
    connecting_ = false;
    log().Warn("The next offsets in ", parts_->config.offsets_table.Text(),
               " could not be read yet; no record is written before they are: ", error.what());
  }
}

void PostgresSinkTask::Revoked(const std::vector<sdk::PartitionOffset>& partitions, bool) {
  for (const sdk::PartitionOffset& one : partitions) {
    const OffsetTable::Id id{one.topic, one.partition};
    unclaimed_.erase(id);
    parts_->offsets.Release(id);
  }
}

void PostgresSinkTask::Connect() {
  if (parts_->connection.open()) return;
  connecting_ = true;
  parts_->connection.Open();
  connecting_ = false;
  log().Info("Connected to PostgreSQL at ", parts_->config.connection.Target());
  if (!parts_->config.exactly_once) return;
  parts_->offsets.Create();
  parts_->offsets.Reload();
}

bool PostgresSinkTask::ClaimPartitions() {
  if (unclaimed_.empty()) return false;
  const std::vector<OffsetTable::Id> ids(unclaimed_.begin(), unclaimed_.end());
  parts_->offsets.Claim(ids);
  unclaimed_.clear();
  std::vector<sdk::PartitionOffset> seeks;
  for (const OffsetTable::Id& id : ids) {
    const int64_t next = parts_->offsets.next(id);
    if (next != OffsetTable::kNothingYet) seeks.push_back({id.first, id.second, next});
  }
  if (seeks.empty()) return false;
  Seek(seeks);
  return true;
}

void PostgresSinkTask::Put(const sdk::SinkBatch& batch) {
  if (batch.empty()) return;
  const auto now = steady_clock::now();
  if (now < not_before_) {
    RetryAfter(std::chrono::ceil<sdk::milliseconds>(not_before_ - now));
    throw sdk::RetriableException(waiting_for_);
  }
  try {
    Connect();
    if (ClaimPartitions()) {
      RetryAfter(sdk::milliseconds(0));
      throw sdk::RetriableException(
          "Partitions are resumed at the offsets that the database holds");
    }
    Write(batch);
    failures_ = 0;
  } catch (const SqlError& error) {
    Failed(error);
  } catch (const BadRow& bad) {
    throw sdk::DataException(
        "The record ", NameOf(batch[bad.index]), " cannot be written: ", bad.what(),
        ". Nothing of its batch was written; errors.tolerance=all leaves such records out");
  }
}

void PostgresSinkTask::Failed(const SqlError& error) {
  if (error.kind() != ErrorKind::kTransient) throw sdk::ConnectException(error.what());
  if (stop_.requested()) throw sdk::RetriableException(error.what());
  const bool connected = !std::exchange(connecting_, false);
  parts_->connection.Close();
  const SinkConfig& config = parts_->config;
  // An attempt to connect is a part of a retry.
  const bool first = failures_ == 0;
  failures_ += connected ? config.connection_attempts : 1;
  const int64_t most = (static_cast<int64_t>(config.max_retries) + 1) * config.connection_attempts;
  if (failures_ >= most) {
    throw sdk::ConnectException("Gave up after max.retries=", config.max_retries,
                                " retries: ", error.what());
  }
  sdk::milliseconds backoff = connected ? config.retry_backoff : config.connection_backoff;
  // A connection that was idle for long may have been ended by anybody on the way.
  if (first && connected && error.lost()) backoff = sdk::milliseconds(0);
  not_before_ = steady_clock::now() + backoff;
  waiting_for_ = error.what();
  log().Warn("A put failed and will be tried again in ", backoff.count(), " ms: ", error.what());
  log().Count("put-retries");
  RetryAfter(backoff);
  throw sdk::RetriableException(error.what());
}

// What is known of the tables may be out of date: then once more, with what they are now.
void PostgresSinkTask::Write(const sdk::SinkBatch& batch) {
  try {
    WriteOnce(batch);
  } catch (const SqlError& error) {
    if (error.kind() != ErrorKind::kSchema) throw;
    log().Info("Looking at the tables again: ", error.what());
    parts_->plans.Forget();
    WriteOnce(batch);
  }
}

void PostgresSinkTask::WriteOnce(const sdk::SinkBatch& batch) {
  FindPlans(batch);
  std::function<void()> at_end;
  if (parts_->config.exactly_once) at_end = [this] { parts_->offsets.Move(next_offsets_); };
  const std::vector<RejectedRow> rejected = parts_->writer.Write(batch, plans_, at_end);
  if (parts_->config.exactly_once) parts_->offsets.Moved();
  for (const auto& list : {std::cref(unfit_), std::cref(rejected)}) {
    for (const RejectedRow& row : list.get()) {
      batch.Reject(row.index, sdk::Cat("The record ", NameOf(batch[row.index]),
                                       " cannot be written: ", row.why));
    }
  }
  log().Count("rows",
              static_cast<double>(batch.size() - skipped_ - rejected.size() - unfit_.size()));
  if (!rejected.empty() || !unfit_.empty()) {
    log().Count("rows-rejected", static_cast<double>(rejected.size() + unfit_.size()));
  }
}

void PostgresSinkTask::FindPlans(const sdk::SinkBatch& batch) {
  plans_.assign(batch.size(), nullptr);
  unfit_.clear();
  skipped_ = 0;
  next_offsets_.clear();
  last_next_ = nullptr;
  std::vector<RejectedRow> misfits;
  parts_->plans.BeginPut();
  for (sdk::SinkRecord record : batch) {
    if (parts_->config.exactly_once && NoteOffset(record)) continue;
    std::string why = WhyUnfit(parts_->config, record.raw());
    if (!why.empty()) {
      Unfit(record, std::move(why));
      continue;
    }
    plans_[record.index()] = parts_->plans.Find(record.raw());
    if (!parts_->plans.why_unfit().empty())
      misfits.push_back({record.index(), parts_->plans.why_unfit()});
  }
  // Where no record of a topic has ever fitted it is the configuration that does not.
  for (RejectedRow& misfit : misfits) {
    const sdk::SinkRecord record = batch[misfit.index];
    if (!parts_->plans.Fits(record.topic())) throw sdk::ConnectException(misfit.why);
    Unfit(record, std::move(misfit.why));
  }
}

void PostgresSinkTask::Unfit(const sdk::SinkRecord& record, std::string why) {
  if (!parts_->config.tolerant) throw BadRow(record.index(), why);
  unfit_.push_back({record.index(), std::move(why)});
}

bool PostgresSinkTask::NoteOffset(const sdk::SinkRecord& record) {
  if (last_next_ == nullptr || record.original_partition() != last_id_.second ||
      record.original_topic() != last_id_.first) {
    last_id_ = {std::string(record.original_topic()), record.original_partition()};
    if (!parts_->offsets.owns(last_id_)) {
      throw sdk::ConnectException("A record of ", last_id_.first, "-", last_id_.second,
                                  " came, which this task has not been assigned");
    }
    last_written_ = parts_->offsets.next(last_id_);
    last_next_ = nullptr;
  }
  if (record.offset() < last_written_) {
    if (++skipped_ == 1) {
      log().Warn("Leaving out ", NameOf(record), " and what follows it before offset ",
                 last_written_, ": ", parts_->config.offsets_table.Text(),
                 " says that it was written. If the topic was made anew, reset the offsets");
    }
    return true;
  }
  if (last_next_ == nullptr) last_next_ = &next_offsets_[last_id_];
  *last_next_ = record.offset() + 1;
  return false;
}

sdk::ClassInfo PostgresSinkConnector::Describe() {
  return {.name = "io.confluent.connect.jdbc.JdbcSinkConnector",
          .doc = "Writes records to tables of PostgreSQL: inserts, upserts, updates and deletes.",
          .keys = Keys(),
          .aliases = {"io.aiven.connect.jdbc.JdbcSinkConnector", "JdbcSinkConnector", "JdbcSink"}};
}

void PostgresSinkConnector::Start(const sdk::Config& config) {
  const SinkConfig read = ReadConfig(config);  // what cannot work is said here, not by each task
  log().Info("Writing to PostgreSQL at ", read.connection.Target());
}

bool PostgresSinkConnector::AlterOffsets(const sdk::Config& config,
                                         const std::vector<sdk::OffsetChange>& changes) {
  const SinkConfig read = ReadConfig(config);
  if (!read.exactly_once) return true;
  Connection connection(read.connection, stop_, read.trim_sensitive_log);
  OffsetTable offsets(read.name, read.offsets_table, read.quoting, connection);
  try {
    connection.Open();
    offsets.Create();
    for (const sdk::OffsetChange& change : changes) {
      const sdk::Value* topic = sdk::Find(change.partition, "kafka_topic");
      const sdk::Value* partition = sdk::Find(change.partition, "kafka_partition");
      const sdk::Value* offset = sdk::Find(change.offset, "kafka_offset");
      if (topic == nullptr || topic->kind != SLUICE_STRING || partition == nullptr) {
        throw sdk::ConnectException(
            "Expected partitions of the form {\"kafka_topic\": ..., \"kafka_partition\": ...}");
      }
      std::optional<int64_t> next;
      if (offset != nullptr && offset->kind != SLUICE_NULL) next = NumberOf(*offset);
      offsets.Set({std::string(sdk::Text(*topic)), static_cast<int32_t>(NumberOf(*partition))},
                  next);
    }
  } catch (const SqlError& error) {
    throw sdk::ConnectException("The offsets in ", read.offsets_table.Text(),
                                " could not be changed: ", error.what());
  }
  return true;
}

}  // namespace sluice::postgres::sink
