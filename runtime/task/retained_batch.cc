#include "runtime/task/retained_batch.h"

#include <functional>
#include <string_view>

#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"

namespace sluice::task {
namespace {

// Copies values that may point into bytes which were copied before: those are not copied twice.
class Copier {
 public:
  Copier(record::BatchMemory& memory, std::vector<abi::SchemaRef>& schemas)
      : arena_(memory.arena()), schemas_(schemas) {}

  void Forget() { known_.clear(); }
  record::Bytes Raw(record::Bytes bytes) {
    if (record::IsNull(bytes)) return bytes;
    const std::string_view copy = arena_.Copy({bytes.data, bytes.size});
    known_.push_back({bytes.data, bytes.size, copy.data()});
    return {copy.data(), copy.size()};
  }
  std::string_view Text(std::string_view text) {
    const std::less_equal<const char*> before;
    for (const Known& known : known_) {
      if (before(known.from, text.data()) &&
          before(text.data() + text.size(), known.from + known.size)) {
        return {known.to + (text.data() - known.from), text.size()};
      }
    }
    return arena_.Copy(text);
  }
  // Topics repeat from record to record.
  sluice_str Topic(sluice_str topic) {
    if (abi::View(topic) != abi::View(topic_)) topic_ = abi::Str(arena_.Copy(abi::View(topic)));
    return topic_;
  }
  const sluice_schema* Schema(const sluice_schema* schema) {
    if (schema != nullptr && (schemas_.empty() || schemas_.back().get() != schema)) {
      schemas_.emplace_back(schema);
    }
    return schema;
  }
  sluice_value Value(const sluice_value& value) {
    sluice_value copy = value;
    switch (value.kind) {
      case SLUICE_STRING:
      case SLUICE_BYTES:
        copy.as.data = Text(abi::Text(value)).data();
        return copy;
      case SLUICE_ARRAY: {
        auto* items = arena_.NewArray<sluice_value>(value.size);
        for (uint32_t i = 0; i < value.size; ++i) items[i] = Value(value.as.items[i]);
        copy.as.items = items;
        return copy;
      }
      case SLUICE_MAP: {
        auto* entries = arena_.NewArray<sluice_map_entry>(value.size);
        for (uint32_t i = 0; i < value.size; ++i) {
          entries[i] = {Value(value.as.entries[i].key), Value(value.as.entries[i].value)};
        }
        copy.as.entries = entries;
        return copy;
      }
      case SLUICE_STRUCT: {
        auto* values = arena_.NewArray<sluice_value>(value.size);
        for (uint32_t i = 0; i < value.size; ++i) {
          values[i] = Value(value.as.structure->values[i]);
        }
        return arena_.NewStruct(Schema(value.as.structure->schema), values);
      }
      default:
        return abi::CopyValue(arena_, value);
    }
  }

 private:
  struct Known {
    const char* from;
    size_t size;
    const char* to;
  };
  abi::Arena& arena_;
  std::vector<abi::SchemaRef>& schemas_;
  std::vector<Known> known_;
  sluice_str topic_ = abi::kNoStr;
};

errors::ConsumedRecord CopyOriginal(const errors::ConsumedRecord& from, Copier& copier,
                                    abi::Arena& arena) {
  errors::ConsumedRecord copy = from;
  copy.key = copier.Raw(from.key);
  copy.value = copier.Raw(from.value);
  if (from.header_count > 0) {
    auto* headers = arena.NewArray<errors::RawHeader>(from.header_count);
    for (size_t i = 0; i < from.header_count; ++i) {
      headers[i] = {copier.Text(from.headers[i].key), copier.Raw(from.headers[i].value)};
    }
    copy.headers = headers;
  }
  return copy;
}

}  // namespace

size_t RetainedBatch::Estimate(const SinkBatch& from, size_t begin, size_t end) {
  if (begin >= end) return 0;
  const size_t whole = from.memory.used() + (from.consumed ? from.consumed->bytes() : 0);
  const size_t share = whole / from.records.size() * (end - begin);
  return share + (end - begin) * (sizeof(sluice_record) + sizeof(errors::ConsumedRecord));
}

RetainedBatch::RetainedBatch(const SinkBatch& from, size_t begin, size_t end)
    : records_(from.records.begin() + static_cast<ptrdiff_t>(begin),
               from.records.begin() + static_cast<ptrdiff_t>(end)),
      pending_(end - begin, true),
      pending_count_(end - begin) {
  abi::Arena& arena = memory_.arena();
  Copier copier(memory_, schemas_);
  Original original;
  originals_.reserve(records_.size());
  for (size_t i = 0; i < records_.size(); ++i) {
    sluice_record& record = records_[i];
    copier.Forget();
    originals_.push_back(
        CopyOriginal(original.Read(*from.consumed, from.origins[begin + i]), copier, arena));
    record.topic = copier.Topic(record.topic);
    record.original_topic = copier.Topic(record.original_topic);
    originals_.back().topic = abi::View(record.original_topic);
    copier.Schema(record.key_schema);
    copier.Schema(record.value_schema);
    record.key = copier.Value(record.key);
    record.value = copier.Value(record.value);
    if (record.header_count == 0) continue;
    auto* headers = arena.NewArray<sluice_header>(record.header_count);
    for (size_t h = 0; h < record.header_count; ++h) {
      const sluice_header& header = record.headers[h];
      headers[h] = {abi::Str(copier.Text(abi::View(header.key))), copier.Schema(header.schema),
                    copier.Value(header.value)};
    }
    record.headers = headers;
  }
  batch_ = {sizeof(sluice_batch),
            sizeof(sluice_record),
            records_.size(),
            records_.data(),
            arena.held() + records_.size() * (sizeof(sluice_record) + sizeof originals_[0]),
            nullptr};
}

}  // namespace sluice::task
