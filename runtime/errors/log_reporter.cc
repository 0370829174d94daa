#include "runtime/errors/log_reporter.h"

#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::errors {
namespace {

constexpr size_t kRecordTextMax = 64 * 1024;

std::string_view TimestampTypeName(sluice_timestamp_type type) {
  return type == SLUICE_TIMESTAMP_LOG_APPEND ? "LogAppendTime" : "CreateTime";
}

void AppendConsumed(std::string& out, const ConsumedRecord& record) {
  StrAppend(out, ", where consumed record is {topic='", record.topic,
            "', partition=", record.partition, ", offset=", record.offset);
  if (record.timestamp_type != SLUICE_TIMESTAMP_NONE) {
    StrAppend(out, ", timestamp=", record.timestamp,
              ", timestampType=", TimestampTypeName(record.timestamp_type));
  }
  out.push_back('}');
}

void AppendSchema(std::string& out, const sluice_schema* schema) {
  StrAppend(out, schema == nullptr ? std::string("null") : record::SchemaText(*schema));
}

void AppendMap(std::string& out, const sluice_value* map) {
  if (map == nullptr) {
    out.append("null");
  } else {
    record::AppendJavaText(out, *map);
  }
}

// SourceRecord.toString.
void AppendSource(std::string& out, const sluice_record& from) {
  out.append(", where source record is = SourceRecord{sourcePartition=");
  AppendMap(out, from.source_partition);
  out.append(", sourceOffset=");
  AppendMap(out, from.source_offset);
  out.append("} ConnectRecord{topic='");
  out.append(from.topic.data == nullptr ? "null" : abi::View(from.topic));
  out.append("', kafkaPartition=");
  StrAppend(out,
            from.partition == SLUICE_NO_PARTITION ? std::string("null") : StrCat(from.partition));
  out.append(", key=");
  record::AppendJavaText(out, from.key);
  out.append(", keySchema=");
  AppendSchema(out, from.key_schema);
  out.append(", value=");
  record::AppendJavaText(out, from.value);
  out.append(", valueSchema=");
  AppendSchema(out, from.value_schema);
  out.append(", timestamp=");
  StrAppend(out,
            from.timestamp == SLUICE_NO_TIMESTAMP ? std::string("null") : StrCat(from.timestamp));
  out.append(", headers=ConnectHeaders(headers=");
  for (size_t i = 0; i < from.header_count; ++i) {
    StrAppend(out, i == 0 ? "[" : ", ", "ConnectHeader(key=", abi::View(from.headers[i].key),
              ", value=");
    record::AppendJavaText(out, from.headers[i].value);
    out.append(", schema=");
    AppendSchema(out, from.headers[i].schema);
    out.push_back(')');
  }
  out.append(from.header_count == 0 ? ")}" : "])}");
}

}  // namespace

LogReporter::LogReporter(std::string task, bool include_messages)
    : task_(std::move(task)), include_messages_(include_messages) {}

std::string LogReporter::Line(const Failure& failure) const {
  std::string line =
      StrCat("Error encountered in task ", task_, ". Executing stage '", StageName(failure.stage),
             "' with class '", failure.executing_class, "'");
  if (include_messages_) {
    if (failure.subject.consumed != nullptr) {
      AppendConsumed(line, *failure.subject.consumed);
    } else if (failure.subject.source != nullptr) {
      AppendSource(line, *failure.subject.source);
    }
    if (line.size() > kRecordTextMax) {
      line.resize(kRecordTextMax);
      line.append("...");
    }
  }
  line.push_back('.');
  return line;
}

Status LogReporter::Report(const Failure& failure) {
  LogError("errors", Line(failure), "\n", StackTrace(failure.error));
  if (counts_ != nullptr) ++counts_->logged;
  return OkStatus();
}

}  // namespace sluice::errors
