// What a source fills in: a RecordBatch, with memory of its own. The worker hands the batch's bytes
// to Kafka as they lie there and gives the batch back after the last acknowledgement; then it is
// emptied and used again, so a warm source allocates nothing. One thread at a time.
//
//   batch.Add("ticks").Key(schemas_.key, Int64(7)).Text("hello").From(partition, "count", 7);
//
// Large input is read into the batch and pointed at, not copied:
//
//   char* block = batch.Allocate(65536);
//   ssize_t size = read(fd, block, 65536);
//   batch.Add(topic_).Borrow(string_, {block, line_size}).From(partition, "position", position);
#ifndef SLUICE_CONNECTORS_SDK_RECORD_H_
#define SLUICE_CONNECTORS_SDK_RECORD_H_

#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "connectors/sdk/value.h"
#include "runtime/abi/arena.h"
#include "runtime/abi/check.h"

namespace sluice::sdk {

class RecordBatch;

// The values of one struct, to be set by name or (faster) by the field's index. Build checks them
// against the schema and throws DataException as Kafka Connect's Struct.validate does. Lives in its
// batch.
class StructBuilder {
 public:
  StructBuilder(abi::Arena& arena, const sluice_schema* schema)
      : arena_(&arena), schema_(schema), values_(arena.NewArray<Value>(schema->field_count)) {
    for (uint32_t i = 0; i < schema->field_count; ++i) values_[i] = abi::Null();
  }
  StructBuilder& Set(size_t index, const Value& value) {
    if (index >= schema_->field_count) {
      throw DataException("No field with index ", index, " in ", abi::View(schema_->name));
    }
    return values_[index] = value, *this;
  }
  StructBuilder& Set(std::string_view field, const Value& value) {
    const int index = abi::FieldIndex(*schema_, field);
    if (index < 0) throw DataException(field, " is not a valid field name");
    return Set(static_cast<size_t>(index), value);
  }
  Value Build() const {
    const Value value = arena_->NewStruct(schema_, values_);
    if (std::string problem = abi::CheckValue(schema_, value); !problem.empty()) {
      throw DataException(problem);
    }
    return value;
  }

 private:
  abi::Arena* arena_;
  const sluice_schema* schema_;
  Value* values_;
};

// The record that Add has just made; use it before the next Add.
class NewRecord {
 public:
  NewRecord(RecordBatch* batch, sluice_record* record) : batch_(batch), record_(record) {}

  // Key and value with their schemas (an empty Schema: schemaless). What they point at must lie in
  // the batch, or live longer than it; the schema is kept by the batch.
  inline NewRecord& Key(const Schema& schema, const Value& key);
  inline NewRecord& Value(const Schema& schema, const sdk::Value& value);
  // A string or bytes, copied into the batch. `schema` may be empty.
  inline NewRecord& KeyText(const Schema& schema, std::string_view text);
  inline NewRecord& Text(const Schema& schema, std::string_view text);
  // The same, not copied: the text lies in the batch's own memory (RecordBatch::Allocate).
  NewRecord& Borrow(const Schema& schema, std::string_view text) {
    return Value(schema, abi::String(text));
  }
  NewRecord& Partition(int32_t partition) { return record_->partition = partition, *this; }
  NewRecord& Timestamp(int64_t epoch_ms) { return record_->timestamp = epoch_ms, *this; }
  inline NewRecord& Header(std::string_view key, const Schema& schema, const sdk::Value& value);
  // Where to resume after this record: the source partition (RecordBatch::Map, made once a batch,
  // or kept by the task), and the offset, a map; or one number under a name, which is a literal.
  NewRecord& From(const sdk::Value* partition, const sdk::Value* offset) {
    return record_->source_partition = partition, record_->source_offset = offset, *this;
  }
  template <size_t N>
  NewRecord& From(const sdk::Value* partition, const char (&name)[N], int64_t offset) {
    return FromNumber(partition, {name, N - 1}, offset);
  }
  sluice_record& raw() { return *record_; }

 private:
  inline NewRecord& FromNumber(const sdk::Value* partition, std::string_view name, int64_t offset);

  RecordBatch* batch_;
  sluice_record* record_;
};

class RecordBatch {
 public:
  RecordBatch() {
    batch_.struct_size = sizeof batch_;
    batch_.record_size = sizeof(sluice_record);
  }
  RecordBatch(const RecordBatch&) = delete;
  RecordBatch& operator=(const RecordBatch&) = delete;

  NewRecord Add(std::string_view topic) {
    sluice_record& record = records_.emplace_back(abi::EmptyRecord());
    if (topic != last_topic_ || last_topic_.data() == nullptr) last_topic_ = Copy(topic);
    record.topic = abi::Str(last_topic_);
    return {this, &record};
  }
  // The record that was added last; there must be one.
  NewRecord Last() { return {this, &records_.back()}; }
  // Memory of the batch: it stays until the batch is given back.
  char* Allocate(size_t size) { return static_cast<char*>(arena_.Allocate(size, 1)); }
  std::string_view Copy(std::string_view text) { return arena_.Copy(text); }
  abi::Arena& arena() { return arena_; }
  // A map with text keys, copied; values are not, except their own 16 bytes.
  const sdk::Value* Map(std::initializer_list<std::pair<std::string_view, sdk::Value>> entries) {
    auto* copy = arena_.NewArray<sluice_map_entry>(entries.size());
    size_t count = 0;
    for (const auto& [key, value] : entries) copy[count++] = {arena_.CopyString(key), value};
    return arena_.New(abi::Map(copy, count));
  }
  StructBuilder Struct(const Schema& schema) {
    Keep(schema);
    return StructBuilder(arena_, schema.get());
  }
  sdk::Value Decimal(int64_t unscaled, int32_t scale) {
    uint8_t* bytes = arena_.NewArray<uint8_t>(8);
    uint32_t size = 8;
    for (int i = 0; i < 8; ++i) bytes[i] = static_cast<uint8_t>(unscaled >> (8 * (7 - i)));
    while (size > 1 && bytes[0] == ((bytes[1] & 0x80) != 0 ? 0xFF : 0)) ++bytes, --size;
    return abi::Decimal(arena_.New(sluice_decimal{scale, size, bytes}));
  }
  // Keeps a schema until the batch is given back. Key, Value, Header and Struct do it themselves.
  void Keep(const Schema& schema) {
    if (!schema) return;
    const size_t look = std::min<size_t>(schemas_.size(), 8);
    for (size_t i = 1; i <= look; ++i) {
      if (schemas_[schemas_.size() - i].get() == schema.get()) return;
    }
    schemas_.push_back(schema);
  }

  size_t size() const { return records_.size(); }
  bool empty() const { return records_.empty(); }
  size_t bytes() const { return arena_.used() + records_.size() * sizeof(sluice_record); }
  // Takes back the record that was added last, not its memory.
  void DropLast() { records_.pop_back(); }

  // For the SDK itself.
  void SetOwner(void* owner) { batch_.owner = owner; }
  const sluice_batch* Finish() {
    batch_.records = records_.data();
    batch_.count = records_.size();
    batch_.bytes = bytes();
    return &batch_;
  }
  void Clear() {
    records_.clear();
    schemas_.clear();
    arena_.Reset();
    last_topic_ = {};
  }

 private:
  friend class NewRecord;
  std::vector<sluice_record> records_;
  std::vector<Schema> schemas_;
  abi::Arena arena_;
  std::string_view last_topic_;
  sluice_batch batch_{};
};

inline NewRecord& NewRecord::Key(const Schema& schema, const sdk::Value& key) {
  batch_->Keep(schema);
  record_->key_schema = schema.get();
  record_->key = key;
  return *this;
}
inline NewRecord& NewRecord::Value(const Schema& schema, const sdk::Value& value) {
  batch_->Keep(schema);
  record_->value_schema = schema.get();
  record_->value = value;
  return *this;
}
inline NewRecord& NewRecord::KeyText(const Schema& schema, std::string_view text) {
  return Key(schema, batch_->arena_.CopyString(text));
}
inline NewRecord& NewRecord::Text(const Schema& schema, std::string_view text) {
  return Value(schema, batch_->arena_.CopyString(text));
}
// Headers are few: the list is written anew with each, and the old one left to the arena.
inline NewRecord& NewRecord::Header(std::string_view key, const Schema& schema,
                                    const sdk::Value& value) {
  batch_->Keep(schema);
  auto* list = batch_->arena_.NewArray<sluice_header>(record_->header_count + 1);
  std::copy_n(record_->headers, record_->header_count, list);
  list[record_->header_count] = {abi::Str(batch_->Copy(key)), schema.get(), value};
  record_->headers = list;
  ++record_->header_count;
  return *this;
}
inline NewRecord& NewRecord::FromNumber(const sdk::Value* partition, std::string_view name,
                                        int64_t offset) {
  auto* entry = batch_->arena_.New(sluice_map_entry{abi::String(name), abi::Int64(offset)});
  return From(partition, batch_->arena_.New(abi::Map(entry, 1)));
}

}  // namespace sluice::sdk

#endif  // SLUICE_CONNECTORS_SDK_RECORD_H_
