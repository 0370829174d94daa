#include "connectors/postgres_source/table_reader.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "connectors/postgres/oid.h"
#include "connectors/postgres_source/text_value.h"
#include "connectors/shared/text.h"

namespace sluice::postgres::source {
namespace {

using sdk::Cat;

// The parts of a name, t.id, each as SQL writes it.
std::string QuotedColumn(const Quoting& quoting, std::string_view name) {
  std::string out;
  while (true) {
    const size_t dot = std::min(name.find('.'), name.size());
    out += Cat(out.empty() ? "" : ".", quoting(name.substr(0, dot)));
    if (dot == name.size()) return out;
    name.remove_prefix(dot + 1);
  }
}

std::string LastPart(std::string_view name) {
  return std::string(name.substr(name.rfind('.') + 1));  // npos + 1 is 0
}

std::string WithoutEnd(std::string query) {
  while (!query.empty() && (query.back() == ';' || query.back() == ' ' || query.back() == '\n')) {
    query.pop_back();
  }
  return query;
}

}  // namespace

TableReader::TableReader(const SourceConfig& config, Connection& connection,
                         std::optional<TableName> table, const sdk::Value* partition)
    : config_(config),
      connection_(connection),
      table_(std::move(table)),
      partition_(partition),
      name_(table_ ? table_->Text() : "the query"),
      topic_(config.topic_prefix + (table_ ? table_->table : "")) {
  selection_.mode = config.mode;
  selection_.suffix = config.query_suffix;
  selection_.base =
      table_ ? Cat("SELECT * FROM ", Quoting(true)(*table_)) : WithoutEnd(config.query);
}

std::vector<std::string> TableReader::MappedColumns(const SourceConfig::Mapping& mapping,
                                                    std::string_view key) const {
  const std::vector<std::string>* found = nullptr;
  for (const auto& [expression, columns] : mapping) {
    if (!Matches(key, expression, name_)) continue;
    if (found != nullptr) {
      throw sdk::ConnectException("More than one entry of ", key, " matches the table ", name_,
                                  "; expected exactly one");
    }
    found = &columns;
  }
  if (found == nullptr) {
    throw sdk::ConnectException("No entry of ", key, " matches the table ", name_,
                                "; expected exactly one");
  }
  return *found;
}

std::string TableReader::FindIncrementing() const {
  const Rows found = connection_.Query(
      "SELECT a.attname FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d "
      "ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = to_regclass($1) AND "
      "a.attnum > 0 AND NOT a.attisdropped AND (a.attidentity <> '' OR "
      "pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%')",
      {Quoting(true)(*table_)});
  if (found.rows.size() == 1) return found.rows[0][0];
  throw sdk::ConnectException("The table ", name_, " has ", found.rows.size(),
                              " columns with an identity or a sequence; expected one, or its name ",
                              "in incrementing.column.name");
}

void TableReader::ChooseColumns() {
  if (HasTimestamp(config_.mode)) {
    timestamp_names_ = config_.timestamp_mapping.empty()
                           ? config_.timestamp_columns
                           : MappedColumns(config_.timestamp_mapping, "timestamp.columns.mapping");
  }
  if (HasIncrementing(config_.mode)) {
    incrementing_name_ = config_.incrementing_column;
    if (!config_.incrementing_mapping.empty()) {
      const std::vector<std::string> mapped =
          MappedColumns(config_.incrementing_mapping, "incrementing.column.mapping");
      incrementing_name_ = mapped.empty() ? "" : mapped[0];
    }
    const bool given = !incrementing_name_.empty();
    if (!given) incrementing_name_ = FindIncrementing();
    selection_.incrementing_column = given ? QuotedColumn(config_.quoting, incrementing_name_)
                                           : Quoting(true)(incrementing_name_);
  }
  selection_.timestamp_columns.clear();
  for (const std::string& name : timestamp_names_) {
    selection_.timestamp_columns.push_back(QuotedColumn(config_.quoting, name));
  }
}

size_t TableReader::IndexOf(const std::vector<ResultColumn>& columns,
                            const std::string& name) const {
  const std::string wanted = config_.quoting.Kept(LastPart(name));
  for (bool exactly : {true, false}) {
    for (size_t i = 0; i < columns.size(); ++i) {
      if (exactly ? columns[i].name == wanted : shared::EqualIgnoringCase(columns[i].name, wanted))
        return i;
    }
  }
  throw sdk::ConnectException("There is no column \"", name, "\" in what ", name_, " answers");
}

std::vector<bool> TableReader::Nullable(const std::vector<ResultColumn>& columns) const {
  std::string tables;
  for (const ResultColumn& column : columns) {
    if (column.table != 0) tables += Cat(tables.empty() ? "" : ", ", column.table);
  }
  std::vector<bool> nullable(columns.size(), true);
  if (tables.empty()) return nullable;
  const Rows found =
      connection_.Query(Cat("SELECT attrelid::oid, attnum FROM pg_catalog.pg_attribute ",
                            "WHERE attnotnull AND attrelid IN (", tables, ")"));
  for (const std::vector<std::string>& row : found.rows) {
    const auto table = static_cast<uint32_t>(std::strtoul(row[0].c_str(), nullptr, 10));
    const auto number = static_cast<int32_t>(std::strtol(row[1].c_str(), nullptr, 10));
    for (size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].table == table && columns[i].number == number) nullable[i] = false;
    }
  }
  return nullable;
}

void TableReader::CheckNulls(const std::vector<bool>& nullable) const {
  if (!config_.validate_non_null || !table_) return;
  if (HasIncrementing(config_.mode) && nullable[incrementing_]) {
    throw sdk::ConnectException("The incrementing column \"", incrementing_name_, "\" of ", name_,
                                " may be null, and such rows would never be read; make it NOT ",
                                "NULL, or set validate.non.null=false");
  }
  const bool all_nullable = std::all_of(timestamps_.begin(), timestamps_.end(),
                                        [&](size_t index) { return nullable[index]; });
  if (HasTimestamp(config_.mode) && all_nullable) {
    throw sdk::ConnectException("Every timestamp column of ", name_, " may be null, and rows ",
                                "without one would never be read; make one NOT NULL, or set ",
                                "validate.non.null=false");
  }
}

void TableReader::Describe() {
  std::vector<ResultColumn> columns = connection_.Describe(selection_.base);
  if (columns == described_) return;
  incrementing_ = HasIncrementing(config_.mode) ? IndexOf(columns, incrementing_name_) : 0;
  timestamps_.clear();
  for (const std::string& name : timestamp_names_) timestamps_.push_back(IndexOf(columns, name));
  zoned_ = !timestamps_.empty() && columns[timestamps_[0]].type == kOidTimestampTz;
  const std::vector<bool> nullable = Nullable(columns);
  CheckNulls(nullable);
  sdk::SchemaBuilder builder(SLUICE_STRUCT);
  if (table_) builder.Name(table_->table);
  columns_.clear();
  for (size_t i = 0; i < columns.size(); ++i) {
    columns_.push_back({columns[i].name, ValueReader(columns[i], config_.read)});
    const sdk::Schema& plain = columns_.back().reader.schema();
    builder.Field(columns[i].name, nullable[i] ? sdk::schemas::Optional(plain) : plain);
  }
  schema_ = builder.Build();
  described_ = std::move(columns);
}

int64_t TableReader::Now() const {
  const Rows now =
      connection_.Query("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint");
  return std::atoll(now.rows.at(0).at(0).c_str());
}

Bounds TableReader::MakeBounds() {
  Bounds bounds;
  const auto literal = [&](int64_t micros) {
    return QuoteLiteral(TimestampText(micros, zoned_, config_.read.zone));
  };
  if (HasIncrementing(config_.mode)) {
    const int64_t after = offset_.incrementing.value_or(config_.incrementing_initial);
    bounds.after_incrementing = Cat("'", after, "'");
  }
  if (!HasTimestamp(config_.mode)) return bounds;
  const int64_t now = Now();
  bounds.before = literal(now - config_.timestamp_delay.count() * 1000);
  std::optional<int64_t> after = offset_.timestamp;
  if (!after && config_.timestamp_initial_ms) {
    if (*config_.timestamp_initial_ms == -1 && !initial_us_) initial_us_ = now;
    after =
        *config_.timestamp_initial_ms == -1 ? *initial_us_ : *config_.timestamp_initial_ms * 1000;
  }
  if (after) bounds.after_timestamp = literal(*after);
  return bounds;
}

void TableReader::Begin() {
  if (described_.empty()) ChooseColumns();
  Describe();
  const std::string level =
      config_.isolation.empty() ? "" : " ISOLATION LEVEL " + config_.isolation;
  const std::string select = SelectSql(selection_, MakeBounds());
  connection_.Execute("BEGIN" + level);
  connection_.Execute("DECLARE rows NO SCROLL CURSOR FOR " + select);
  reading_ = true;
  ended_ = false;
  rows_before_ = 0;
  completed_ = offset_.timestamp;
}

ResultRows TableReader::Fetch() {
  ResultRows rows = connection_.Fetch(Cat("FETCH ", config_.batch_rows, " FROM rows"));
  if (rows.columns() != columns_.size()) {
    described_.clear();
    throw SqlError(ErrorKind::kTransient, "",
                   Cat("The columns of ", name_, " changed while they were looked at"));
  }
  ended_ = rows.rows() < config_.batch_rows;
  return rows;
}

void TableReader::Finish() {
  reading_ = false;
  rows_ = ResultRows();
  behind_ = ResultRows();
  connection_.Execute("COMMIT");
  due_ = Clock::now() + config_.poll_interval;
  failures = 0;
}

void TableReader::Abandon(Clock::time_point due) {
  reading_ = false;
  rows_ = ResultRows();
  behind_ = ResultRows();
  described_.clear();
  unreadable_.reset();
  due_ = due;
}

std::optional<int64_t> TableReader::TimestampOf(const ResultRows& rows, size_t row) const {
  for (size_t index : timestamps_) {
    if (const auto text = rows.Get(row, index)) return ReadTimestamp(*text, config_.read.zone);
  }
  return std::nullopt;
}

std::optional<int64_t> TableReader::TimestampBehind(size_t row) const {
  if (row + 1 < rows_.rows()) return TimestampOf(rows_, row + 1);
  return behind_.rows() > 0 ? TimestampOf(behind_, 0) : std::nullopt;
}

// By what an offset says of it, or where it stands.
std::string TableReader::NameOfRow(size_t row) const {
  std::string text;
  const auto add = [&](size_t index) {
    const std::string value(rows_.Get(row, index).value_or("null").substr(0, 100));
    text += Cat(text.empty() ? "the row with " : ", ", columns_[index].name, "=", value);
  };
  if (HasTimestamp(config_.mode)) std::for_each(timestamps_.begin(), timestamps_.end(), add);
  if (HasIncrementing(config_.mode)) add(incrementing_);
  return text.empty() ? Cat("row ", rows_before_ + row + 1, " of this reading") : text;
}

void TableReader::Emit(sdk::RecordBatch& batch, size_t row) {
  abi::Arena& arena = batch.arena();
  auto* values = arena.NewArray<sdk::Value>(columns_.size());
  for (size_t i = 0; i < columns_.size(); ++i) {
    const std::optional<std::string_view> text = rows_.Get(row, i);
    try {
      values[i] = text ? columns_[i].reader.Read(*text, arena) : sdk::Null();
    } catch (const UnreadableValue& error) {
      throw sdk::DataException("Column \"", columns_[i].name, "\" of ", NameOfRow(row), " in ",
                               name_, " cannot be read: ", error.what(), ". ",
                               columns_[i].reader.Advice(columns_[i].name));
    }
  }
  if (HasIncrementing(config_.mode)) {
    const std::string_view text = rows_.Get(row, incrementing_).value_or("");
    int64_t number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
      throw sdk::ConnectException("The incrementing column \"", incrementing_name_, "\" of ", name_,
                                  " holds '", text.substr(0, 100),
                                  "', which is no whole number of 64 bits");
    }
    offset_.incrementing = number;
  }
  if (HasTimestamp(config_.mode)) {
    const std::optional<int64_t> own = TimestampOf(rows_, row);
    if (config_.mode == Mode::kTimestampIncrementing || TimestampBehind(row) != own) {
      completed_ = own;
    }
    offset_.timestamp = completed_;
  }
  const sdk::Value value = arena.NewStruct(schema_.get(), values);
  batch.Add(topic_)
      .Value(schema_, value)
      .From(partition_, config_.mode == Mode::kBulk ? nullptr : OffsetMap(arena, offset_));
}

void TableReader::Read(sdk::RecordBatch& batch) {
  if (unreadable_) throw sdk::DataException(std::exchange(unreadable_, std::nullopt)->what());
  if (!reading_) Begin();
  // All that talks to the server comes first: what fails has handed out nothing.
  if (rows_.rows() == 0 && !ended_) rows_ = Fetch();
  if (config_.mode == Mode::kTimestamp && !ended_) behind_ = Fetch();
  const bool last = ended_ && behind_.rows() == 0;
  if (last) {
    ResultRows rows = std::move(rows_);
    Finish();
    rows_ = std::move(rows);
  }
  for (size_t row = 0; row < rows_.rows(); ++row) {
    try {
      Emit(batch, row);
    } catch (const sdk::DataException& error) {
      if (row == 0) throw;
      unreadable_ = error;  // those before it are sent first
      return;
    }
  }
  rows_before_ += rows_.rows();
  rows_ = std::move(behind_);
  behind_ = ResultRows();
}

}  // namespace sluice::postgres::source
