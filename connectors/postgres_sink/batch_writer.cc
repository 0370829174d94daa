#include "connectors/postgres_sink/batch_writer.h"

#include <algorithm>
#include <utility>

#include "connectors/sdk/text.h"

namespace sluice::postgres::sink {
namespace {

// So much may wait in libpq's memory before answers are asked for.
constexpr size_t kPipedMax = 16 << 20;
// So many prepared statements the server keeps for a task, whatever schemas come and go.
constexpr size_t kPreparedMax = 1000;

std::string NameOf(const Plan& plan) { return sdk::Cat("p", plan.id); }

}  // namespace

std::vector<RejectedRow> BatchWriter::Write(const sdk::SinkBatch& batch,
                                            const std::vector<const Plan*>& plans,
                                            const std::function<void()>& at_end) {
  batch_ = &batch;
  plans_ = &plans;
  at_end_ = &at_end;
  try {
    try {
      WriteFast();
    } catch (const BadValue&) {
      WriteCarefully();
    } catch (const SqlError& error) {
      if (error.kind() != ErrorKind::kRecord || error.lost()) throw;
      WriteCarefully();
    }
  } catch (...) {
    Rollback();
    throw;
  }
  return std::move(rejected_);
}

void BatchWriter::Arrange(bool careful) {
  order_.clear();
  rejected_.clear();
  begun_ = committed_ = false;
  piped_bytes_ = 0;
  const bool updates = config_.insert_mode != InsertMode::kInsert;
  const bool keyed = updates || config_.delete_enabled;
  const Plan* last = nullptr;
  Arrangement* arrangement = nullptr;
  for (uint32_t row = 0; row < plans_->size(); ++row) {
    const Plan* plan = (*plans_)[row];
    if (plan == nullptr) continue;
    if (last == nullptr || (plan != last && plan->table != last->table)) {
      std::unique_ptr<Arrangement>& found = arrangements_[plan->table];
      if (found == nullptr) found = std::make_unique<Arrangement>();
      arrangement = found.get();
      if (std::find(order_.begin(), order_.end(), arrangement) == order_.end()) {
        order_.push_back(arrangement);
        arrangement->Begin(keyed, updates && !careful);
      }
    }
    last = plan;
    if (!keyed) {
      arrangement->Add(*plan, row, {});
      continue;
    }
    key_.Clear();
    try {
      PutKey(key_, values_, *plan, record(row));
    } catch (const BadValue& bad) {
      if (!careful) throw;
      Reject(row, bad.what());
      continue;
    }
    arrangement->Add(*plan, row, key_.view());
  }
  for (Arrangement* each : order_) each->Finish();
}

size_t BatchWriter::GroupCount() const {
  size_t count = 0;
  for (Arrangement* each : order_) count += each->groups().size();
  return count;
}

void BatchWriter::WriteFast() {
  Arrange(false);
  const bool alone = GroupCount() == 1 && !*at_end_;
  for (Arrangement* each : order_) {
    for (const Group* group : each->groups()) WriteGroup(*group, alone);
  }
  Commit();
}

void BatchWriter::WriteGroup(const Group& group, bool alone) {
  const Plan& plan = *group.plan;
  if (!plan.copyable) PrepareOnce(plan);
  size_t at = 0;
  while (at < group.rows.size()) {
    const size_t end =
        group.rows.size() - at > config_.batch_rows ? at + config_.batch_rows : group.rows.size();
    const bool copies = plan.copyable;
    copies ? copy_.Begin(plan) : arrays_.Begin(plan);
    const size_t first = at;
    for (; at < end && (copies ? copy_.bytes() : arrays_.bytes()) < config_.batch_bytes; ++at) {
      copies ? copy_.Add(record(group.rows[at])) : arrays_.Add(record(group.rows[at]));
    }
    if (copies) {
      SendCopy(plan, alone && first == 0 && at == group.rows.size());
    } else {
      SendArrays(plan);
    }
  }
}

void BatchWriter::SendCopy(const Plan& plan, bool alone) {
  if (copy_.rows() == 0) return;
  connection_.Run();  // what is in the pipeline comes before it
  if (alone) {
    connection_.Copy(plan.copy_sql, copy_.Finish());
    committed_ = true;
    return;
  }
  const bool begins = !std::exchange(begun_, true);
  connection_.Copy(begins ? "BEGIN; " + plan.copy_sql : plan.copy_sql, copy_.Finish());
}

void BatchWriter::SendArrays(const Plan& plan) {
  if (arrays_.rows() == 0) return;
  BeginIfNeeded();
  piped_bytes_ += arrays_.bytes();
  connection_.AddPrepared(NameOf(plan), arrays_.Finish());
  if (piped_bytes_ > kPipedMax) {
    connection_.Run();
    piped_bytes_ = 0;
  }
}

void BatchWriter::BeginIfNeeded() {
  if (!std::exchange(begun_, true)) connection_.Add("BEGIN");
}

void BatchWriter::Commit() {
  if (committed_) return;
  if (*at_end_) {
    BeginIfNeeded();
    (*at_end_)();
  }
  if (!begun_) return;
  connection_.Add("COMMIT");
  connection_.Run();
  begun_ = false;
}

void BatchWriter::Rollback() noexcept {
  try {
    try {
      connection_.Run();  // what was added has to be answered first
    } catch (const SqlError&) {
      // It is rolled back all the same.
    }
    if (connection_.open() && std::exchange(begun_, false)) connection_.Execute("ROLLBACK");
  } catch (...) {
    connection_.Close();
  }
}

void BatchWriter::Reject(uint32_t row, const std::string& why) {
  if (!config_.tolerant) throw BadRow(row, why);
  rejected_.push_back({row, why});
}

void BatchWriter::PrepareOnce(const Plan& plan) {
  if (prepared_on_ != connection_.number()) {
    prepared_.clear();
    prepared_on_ = connection_.number();
  }
  if (prepared_.contains(plan.id)) return;
  connection_.Run();
  if (prepared_.size() >= kPreparedMax) {
    connection_.Execute("DEALLOCATE ALL");
    prepared_.clear();
  }
  connection_.Prepare(NameOf(plan), plan.sql, plan.types);
  prepared_.insert(plan.id);
}

void BatchWriter::WriteCarefully() {
  Rollback();
  // It may be the table that is to blame, if it has other types now than the plans know.
  const TableName* last = nullptr;
  for (const Plan* plan : *plans_) {
    if (plan == nullptr || (last != nullptr && plan->table == *last)) continue;
    last = &plan->table;
    catalog_.CheckFresh(*last);
  }
  // Each record of its own: the one that beats others may be the one that is refused.
  Arrange(true);
  begun_ = true;
  // What is checked at the commit only would name no row.
  connection_.Execute("BEGIN; SET CONSTRAINTS ALL IMMEDIATE");
  for (Arrangement* each : order_) {
    for (const Group* group : each->groups()) {
      PrepareOnce(*group->plan);
      const std::span<const uint32_t> rows(group->rows);
      for (size_t at = 0; at < rows.size();) {
        const size_t count = std::min(rows.size() - at, config_.batch_rows);
        Halve(*group->plan, rows.subspan(at, count));
        at += count;
      }
    }
  }
  Commit();
}

void BatchWriter::Halve(const Plan& plan, std::span<const uint32_t> rows) {
  if (rows.empty() || TryRows(plan, rows)) return;
  Halve(plan, rows.first(rows.size() / 2));
  Halve(plan, rows.subspan(rows.size() / 2));
}

// False: these are several rows, and they are to be tried in parts.
bool BatchWriter::TryRows(const Plan& plan, std::span<const uint32_t> rows) {
  arrays_.Begin(plan);
  const size_t rejected = rejected_.size();
  for (uint32_t row : rows) {
    try {
      arrays_.Add(record(row));
    } catch (const BadValue& bad) {
      Reject(row, bad.what());
    }
    if (rows.size() > 1 && arrays_.bytes() > config_.batch_bytes) {
      rejected_.resize(rejected);
      return false;
    }
  }
  if (arrays_.rows() == 0) return true;
  connection_.Add("SAVEPOINT s");
  connection_.AddPrepared(NameOf(plan), arrays_.Finish());
  connection_.Add("RELEASE SAVEPOINT s");
  try {
    connection_.Run();
    return true;
  } catch (const SqlError& error) {
    if (error.kind() != ErrorKind::kRecord || error.lost()) throw;
    connection_.Execute("ROLLBACK TO SAVEPOINT s; RELEASE SAVEPOINT s");
    rejected_.resize(rejected);
    if (rows.size() > 1) return false;
    Reject(rows[0], error.what());
    return true;
  }
}

}  // namespace sluice::postgres::sink
