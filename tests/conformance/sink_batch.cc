#include "tests/conformance/sink_batch.h"

#include <algorithm>
#include <memory>

#include "runtime/abi/views.h"
#include "runtime/base/json.h"
#include "runtime/convert/converter.h"

namespace sluice::conformance {
namespace {

using record::SchemaAndValue;

// JSON with its schema, as JsonConverter has it, or without.
convert::Converter& Json(bool schemas) {
  static const auto with =
      convert::NewConverter("JsonConverter", {{"schemas.enable", "true"}}, convert::Role::kValue);
  static const auto without =
      convert::NewConverter("JsonConverter", {{"schemas.enable", "false"}}, convert::Role::kValue);
  return schemas ? **with : **without;
}

bool IsEnvelope(const std::string& json) {
  const auto read = ParseJson(json);
  return read.ok() && read->IsObject() && read->MemberCount() == 2 &&
         FindJsonMember(*read, "schema") != nullptr && FindJsonMember(*read, "payload") != nullptr;
}

}  // namespace

StatusOr<SchemaAndValue> SinkBatch::Read(const std::string& json, int64_t number) {
  if (json.empty()) return SchemaAndValue{};
  const std::string_view text = memory_.arena().Copy(WithNumber(json, number));
  return Json(IsEnvelope(std::string(text))).ToConnect(topic_, {text.data(), text.size()}, memory_);
}

Status SinkBatch::Add(int32_t partition, int64_t offset, const std::string& value) {
  const int64_t number = NumberOf(partition, offset);
  SLUICE_ASSIGN_OR_RETURN(const SchemaAndValue key, Read(scene_.profile->key, number));
  SLUICE_ASSIGN_OR_RETURN(const SchemaAndValue made, Read(value, number));
  Append(partition, offset, key, made);
  return OkStatus();
}

Status SinkBatch::AddOdd(int32_t partition, int64_t offset, const SchemaAndValue& value) {
  SLUICE_ASSIGN_OR_RETURN(const SchemaAndValue key,
                          Read(scene_.profile->key, NumberOf(partition, offset)));
  Append(partition, offset, key, value);
  return OkStatus();
}

void SinkBatch::Append(int32_t partition, int64_t offset, const SchemaAndValue& key,
                       const SchemaAndValue& value) {
  sluice_record record = abi::EmptyRecord();
  record.topic = record.original_topic = abi::Str(topic_);
  record.partition = record.original_partition = partition;
  record.original_offset = offset;
  record.timestamp = 1'700'000'000'000 + offset;
  record.timestamp_type = SLUICE_TIMESTAMP_CREATE;
  record.key_schema = key.schema;
  record.key = key.value;
  record.value_schema = value.schema;
  record.value = value.value;
  records_.push_back(record);
}

const sluice_batch& SinkBatch::View(size_t begin, size_t end) {
  static const sluice_record kNone = abi::EmptyRecord();
  sluice_batch& view = views_.emplace_back();
  view.struct_size = sizeof view;
  view.record_size = sizeof(sluice_record);
  view.count = end - begin;
  view.records = begin == end ? &kNone : records_.data() + begin;
  view.bytes = memory_.used();
  return view;
}

bool SinkBatch::Has(const sluice_batch* view) const {
  return std::any_of(views_.begin(), views_.end(), [&](const auto& one) { return &one == view; });
}

}  // namespace sluice::conformance
