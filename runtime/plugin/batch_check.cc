#include "runtime/plugin/batch_check.h"

#include "runtime/abi/check.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"

namespace sluice::plugin {
namespace {

constexpr size_t kRecordsMax = 10'000'000;
constexpr uint32_t kStrideMax = 64 * 1024;
constexpr size_t kHeadersMax = 1'000'000;

// The common kinds without a call; the rest, and the words for what is wrong, in abi/check.h.
bool LooksRight(const sluice_value& value) {
  if (value.kind < SLUICE_STRING || (value.kind >= SLUICE_DATE && value.kind <= abi::kKindMax)) {
    return true;
  }
  if (value.kind <= SLUICE_BYTES) return value.as.data != nullptr || value.size == 0;
  return abi::CheckShallow(value).empty();
}

std::string CheckSchema(const sluice_schema* schema) {
  if (schema == nullptr) return "";
  if (schema->struct_size < abi::kSchemaSizeV1) {
    return StrCat("struct_size should be ", abi::kSchemaSizeV1, " or more, but is ",
                  schema->struct_size);
  }
  if (schema->type == SLUICE_NULL || schema->type > SLUICE_STRUCT) {
    return StrCat("type should be 1 to 12, but is ", schema->type);
  }
  if (schema->field_count != 0 && schema->fields == nullptr) return "fields is NULL";
  if ((schema->retain == nullptr) != (schema->release == nullptr)) {
    return "of retain and release one is NULL";
  }
  return "";
}

std::string CheckOffsetMap(const sluice_value* map) {
  if (map == nullptr || map->kind == SLUICE_NULL) return "";
  if (map->kind != SLUICE_MAP) {
    return map->kind > abi::kKindMax
               ? abi::CheckShallow(*map)
               : StrCat("should be a map or null, but is a ", abi::KindName(map->kind));
  }
  return abi::CheckShallow(*map);
}

// What a record shares with the one before it has been checked.
struct Seen {
  const sluice_schema* key_schema = nullptr;
  const sluice_schema* value_schema = nullptr;
  const sluice_value* source_partition = nullptr;
};

std::string CheckHeaders(const sluice_record& record) {
  if (record.header_count > kHeadersMax) {
    return StrCat("header_count: should be at most ", kHeadersMax, ", but is ",
                  record.header_count);
  }
  if (record.headers == nullptr) return "headers: is NULL";
  for (size_t i = 0; i < record.header_count; ++i) {
    const sluice_header& header = record.headers[i];
    if (header.key.data == nullptr) return StrCat("headers[", i, "].key: is NULL");
    if (!LooksRight(header.value)) {
      return StrCat("headers[", i, "].value: ", abi::CheckShallow(header.value));
    }
    if (std::string wrong = CheckSchema(header.schema); !wrong.empty()) {
      return StrCat("headers[", i, "].schema: ", wrong);
    }
  }
  return "";
}

std::string CheckRecord(const sluice_record& record, Seen& seen) {
  if (record.topic.data == nullptr || record.topic.size == 0) return "topic: is empty";
  if (record.partition < SLUICE_NO_PARTITION) {
    return StrCat("partition: should be -1 or more, but is ", record.partition);
  }
  if (record.timestamp < 0 && record.timestamp != SLUICE_NO_TIMESTAMP) {
    return StrCat("timestamp: should be 0 or more, or SLUICE_NO_TIMESTAMP, but is ",
                  record.timestamp);
  }
  if (!LooksRight(record.key)) return StrCat("key: ", abi::CheckShallow(record.key));
  if (!LooksRight(record.value)) return StrCat("value: ", abi::CheckShallow(record.value));
  if (record.key_schema != seen.key_schema) {
    if (std::string wrong = CheckSchema(record.key_schema); !wrong.empty()) {
      return "key_schema: " + wrong;
    }
    seen.key_schema = record.key_schema;
  }
  if (record.value_schema != seen.value_schema) {
    if (std::string wrong = CheckSchema(record.value_schema); !wrong.empty()) {
      return "value_schema: " + wrong;
    }
    seen.value_schema = record.value_schema;
  }
  if (record.source_partition != seen.source_partition) {
    if (std::string wrong = CheckOffsetMap(record.source_partition); !wrong.empty()) {
      return "source_partition: " + wrong;
    }
    seen.source_partition = record.source_partition;
  }
  if (record.source_offset != nullptr) {
    if (std::string wrong = CheckOffsetMap(record.source_offset); !wrong.empty()) {
      return "source_offset: " + wrong;
    }
  }
  return record.header_count == 0 ? "" : CheckHeaders(record);
}

}  // namespace

std::string CheckBatch(const sluice_batch& batch) {
  if (batch.struct_size < abi::kBatchSizeV1) {
    return StrCat("struct_size: should be ", abi::kBatchSizeV1, " or more, but is ",
                  batch.struct_size);
  }
  if (batch.record_size < abi::kRecordSizeV1 || batch.record_size > kStrideMax ||
      batch.record_size % alignof(sluice_record) != 0) {
    return StrCat("record_size: should be ", abi::kRecordSizeV1, " or more, but is ",
                  batch.record_size);
  }
  if (batch.count > kRecordsMax) {
    return StrCat("count: should be at most ", kRecordsMax, ", but is ", batch.count);
  }
  if (batch.count != 0 && batch.records == nullptr) {
    return StrCat("records: is NULL with a count of ", batch.count);
  }
  Seen seen;
  for (size_t i = 0; i < batch.count; ++i) {
    if (std::string wrong = CheckRecord(abi::RecordAt(batch, i), seen); !wrong.empty()) {
      return StrCat("records[", i, "].", wrong);
    }
  }
  return "";
}

}  // namespace sluice::plugin
