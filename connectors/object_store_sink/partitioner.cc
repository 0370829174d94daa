#include "connectors/object_store_sink/partitioner.h"

#include <charconv>
#include <utility>

#include "connectors/object_store_sink/field_path.h"
#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

class DefaultPartitioner : public Partitioner {
 public:
  const std::string& Encode(const sluice_record& record, int64_t) override {
    if (record.original_partition != partition_ || text_.empty()) {
      partition_ = record.original_partition;
      text_ = sdk::Cat("partition=", partition_);
    }
    return text_;
  }

 private:
  int32_t partition_ = -1;
  std::string text_;
};

class FieldPartitioner : public Partitioner {
 public:
  explicit FieldPartitioner(const PartitionerOptions& options) : delimiter_(options.delimiter) {
    for (const std::string& field : options.fields) fields_.emplace_back(field);
  }

  const std::string& Encode(const sluice_record& record, int64_t) override {
    if (record.value.kind != SLUICE_STRUCT && record.value.kind != SLUICE_MAP) {
      throw sdk::DataException(
          "FieldPartitioner finds fields in structs and maps, and the value is neither");
    }
    text_.clear();
    for (FieldPath& field : fields_) {
      if (!text_.empty()) text_.append(delimiter_);
      text_.append(field.name()).push_back('=');
      const sdk::Value* value = field.Find(record.value);
      if (value == nullptr) {
        throw sdk::DataException("the value has no field ", field.name(),
                                 ", which partition.field.name names");
      }
      Append(field, *value);
    }
    return text_;
  }

 private:
  void Append(const FieldPath& field, const sdk::Value& value) {
    switch (value.kind) {
      case SLUICE_NULL:
        return text_.append("null"), void();
      case SLUICE_BOOLEAN:
        return text_.append(value.as.int64 != 0 ? "true" : "false"), void();
      case SLUICE_STRING:
        return text_.append(sdk::Text(value)), void();
      case SLUICE_INT8:
      case SLUICE_INT16:
      case SLUICE_INT32:
      case SLUICE_INT64:
      case SLUICE_DATE:  // as the integers that they are
      case SLUICE_TIME:
      case SLUICE_TIMESTAMP: {
        char digits[24];
        const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value.as.int64);
        return text_.append(digits, end), void();
      }
      default:
        throw sdk::DataException("the field ", field.name(),
                                 " cannot name a folder: expected an integer, a string or a "
                                 "boolean");
    }
  }

  const std::string delimiter_;
  std::vector<FieldPath> fields_;
  std::string text_;
};

// Buckets of the zone's local time. The text of the bucket that was used last is kept, so a record
// of it costs two comparisons.
class TimePartitioner : public Partitioner {
 public:
  explicit TimePartitioner(const PartitionerOptions& options)
      : options_(options), extractor_(options.timestamp_source, options.timestamp_field) {}

  const std::string& Encode(const sluice_record& record, int64_t now_ms) override {
    timestamp_ = extractor_.Extract(record, now_ms);
    const int64_t local = options_.zone.ToLocalMs(timestamp_);
    if (local < bucket_ || local - bucket_ >= options_.duration.count() || text_.empty()) {
      const int64_t duration = options_.duration.count();
      int64_t rest = local % duration;
      if (rest < 0) rest += duration;
      bucket_ = local - rest;
      text_.clear();
      options_.pattern.Append(text_, bucket_, options_.zone);
    }
    return text_;
  }
  int64_t timestamp() const override { return timestamp_; }
  bool by_time() const override { return true; }
  bool by_wallclock() const override { return extractor_.wallclock(); }

 private:
  const PartitionerOptions options_;
  TimestampExtractor extractor_;
  int64_t bucket_ = 0, timestamp_ = 0;
  std::string text_;
};

// schema.partition.affix.type: a folder more, schema_name=NAME, before or behind the others.
class SchemaAffix : public Partitioner {
 public:
  SchemaAffix(std::unique_ptr<Partitioner> inner, const PartitionerOptions& options)
      : inner_(std::move(inner)),
        prefix_(options.schema_affix == Affix::kPrefix),
        delimiter_(options.delimiter) {}

  const std::string& Encode(const sluice_record& record, int64_t now_ms) override {
    const std::string& inner = inner_->Encode(record, now_ms);
    std::string_view name = "null";
    if (record.value_schema != nullptr && record.value_schema->name.data != nullptr) {
      name = abi::View(record.value_schema->name);
    }
    text_.clear();
    if (!prefix_) text_.append(inner).append(delimiter_);
    text_.append("schema_name=").append(name);
    if (prefix_) text_.append(delimiter_).append(inner);
    return text_;
  }
  int64_t timestamp() const override { return inner_->timestamp(); }
  bool by_time() const override { return inner_->by_time(); }
  bool by_wallclock() const override { return inner_->by_wallclock(); }

 private:
  const std::unique_ptr<Partitioner> inner_;
  const bool prefix_;
  const std::string delimiter_;
  std::string text_;
};

}  // namespace

std::unique_ptr<Partitioner> NewPartitioner(const PartitionerOptions& options) {
  std::unique_ptr<Partitioner> made;
  if (options.kind == PartitionerKind::kField) {
    made = std::make_unique<FieldPartitioner>(options);
  } else if (options.kind == PartitionerKind::kTime) {
    made = std::make_unique<TimePartitioner>(options);
  } else {
    made = std::make_unique<DefaultPartitioner>();
  }
  if (options.schema_affix == Affix::kNone) return made;
  return std::make_unique<SchemaAffix>(std::move(made), options);
}

}  // namespace sluice::object_store_sink
