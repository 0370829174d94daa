#include "runtime/errors/log_reporter.h"

#include <gtest/gtest.h>

#include <string>

#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"

namespace sluice::errors {
namespace {

constexpr std::string_view kClass = "org.apache.kafka.connect.json.JsonConverter";

Failure Fail(const Subject& subject) {
  return {Stage::kValueConverter, kClass, DataError("bad JSON"), 1, subject};
}

TEST(LogReporter, NamesTaskStageAndClass) {
  ConsumedRecord record;
  record.topic = "js";
  EXPECT_EQ(LogReporter("dlq-0", false).Line(Fail({&record, nullptr})),
            "Error encountered in task dlq-0. Executing stage 'VALUE_CONVERTER' with class "
            "'org.apache.kafka.connect.json.JsonConverter'.");
}

TEST(LogReporter, TellsWhereAConsumedRecordIsButNotWhatItHolds) {
  ConsumedRecord record;
  record.topic = "js";
  record.partition = 0;
  record.offset = 1;
  record.timestamp = 1795374395450;
  record.timestamp_type = SLUICE_TIMESTAMP_CREATE;
  record.value = {"secret", 6};
  const LogReporter reporter("dlq-0", true);
  EXPECT_EQ(reporter.Line(Fail({&record, nullptr})),
            "Error encountered in task dlq-0. Executing stage 'VALUE_CONVERTER' with class "
            "'org.apache.kafka.connect.json.JsonConverter', where consumed record is {topic='js', "
            "partition=0, "
            "offset=1, timestamp=1795374395450, timestampType=CreateTime}.");
  record.timestamp_type = SLUICE_TIMESTAMP_LOG_APPEND;
  EXPECT_NE(reporter.Line(Fail({&record, nullptr})).find("timestampType=LogAppendTime}."),
            std::string::npos);
  record.timestamp_type = SLUICE_TIMESTAMP_NONE;
  EXPECT_NE(reporter.Line(Fail({&record, nullptr})).find("offset=1}."), std::string::npos);
}

TEST(LogReporter, ShowsASourceRecordWhole) {
  sluice_record record = abi::EmptyRecord();
  record.topic = abi::Str("t");
  record.value = abi::String("line");
  const abi::SchemaRef schema = abi::SchemaBuilder(SLUICE_STRING).Build();
  record.value_schema = schema.get();
  const sluice_map_entry file{abi::String("filename"), abi::String("f")};
  const sluice_value partition = abi::Map(&file, 1);
  record.source_partition = &partition;
  EXPECT_EQ(
      LogReporter("fs-1", true).Line(Fail({nullptr, &record})),
      "Error encountered in task fs-1. Executing stage 'VALUE_CONVERTER' with class "
      "'org.apache.kafka.connect.json.JsonConverter', where source record is = "
      "SourceRecord{sourcePartition={filename=f}, sourceOffset=null} ConnectRecord{topic='t', "
      "kafkaPartition=null, key=null, keySchema=null, value=line, valueSchema=Schema{STRING}, "
      "timestamp=null, headers=ConnectHeaders(headers=)}.");
  const sluice_header header{abi::Str("h"), schema.get(), abi::String("v")};
  record.headers = &header;
  record.header_count = 1;
  record.partition = 3;
  record.timestamp = 5;
  const std::string line = LogReporter("fs-1", true).Line(Fail({nullptr, &record}));
  EXPECT_NE(line.find("kafkaPartition=3"), std::string::npos);
  EXPECT_NE(line.find("timestamp=5, headers=ConnectHeaders(headers=[ConnectHeader(key=h, value=v, "
                      "schema=Schema{STRING})])}."),
            std::string::npos);
}

// Where errors.log.include.messages is false the record is not there, and all else is.
TEST(LogReporter, EachStageIsNamedAsThePeerNamesIt) {
  ConsumedRecord consumed;
  consumed.topic = "t";
  consumed.partition = 2;
  consumed.offset = 7;
  consumed.timestamp = 5;
  consumed.timestamp_type = SLUICE_TIMESTAMP_CREATE;
  sluice_record source = abi::EmptyRecord();
  source.topic = abi::Str("t");
  const std::string of_consumed =
      ", where consumed record is {topic='t', partition=2, offset=7, timestamp=5, "
      "timestampType=CreateTime}";
  const std::string of_source =
      ", where source record is = SourceRecord{sourcePartition=null, sourceOffset=null} "
      "ConnectRecord{topic='t', kafkaPartition=null, key=null, keySchema=null, value=null, "
      "valueSchema=null, timestamp=null, headers=ConnectHeaders(headers=)}";
  struct Case {
    Stage stage;
    std::string name, executing_class;
    bool sink, source;
  };
  const std::string converter = "org.apache.kafka.connect.json.JsonConverter";
  const std::string transform = "org.apache.kafka.connect.transforms.InsertField$Value";
  const Case cases[] = {
      {Stage::kKeyConverter, "KEY_CONVERTER", converter, true, true},
      {Stage::kValueConverter, "VALUE_CONVERTER", converter, true, true},
      {Stage::kHeaderConverter, "HEADER_CONVERTER", converter, true, true},
      {Stage::kTransformation, "TRANSFORMATION", transform, true, true},
      {Stage::kTaskPut, "TASK_PUT", "org.apache.kafka.connect.sink.SinkTask", true, false},
      {Stage::kKafkaProduce, "KAFKA_PRODUCE", "org.apache.kafka.connect.runtime.WorkerSourceTask",
       false, true},
  };
  for (const Case& c : cases) {
    const std::string begin = "Error encountered in task c-3. Executing stage '" + c.name +
                              "' with class '" + c.executing_class + "'";
    for (const bool sink : {true, false}) {
      if (!(sink ? c.sink : c.source)) continue;
      const Subject subject = sink ? Subject{.consumed = &consumed, .source = nullptr}
                                   : Subject{.consumed = nullptr, .source = &source};
      const Failure failure{c.stage, c.executing_class, DataError("no"), 4, subject};
      EXPECT_EQ(LogReporter("c-3", false).Line(failure), begin + ".");
      EXPECT_EQ(LogReporter("c-3", true).Line(failure),
                begin + (sink ? of_consumed : of_source) + ".");
    }
  }
}

TEST(LogReporter, CutsAHugeRecord) {
  sluice_record record = abi::EmptyRecord();
  const std::string large(1 << 20, 'x');
  record.value = abi::String(large);
  EXPECT_LT(LogReporter("fs-1", true).Line(Fail({nullptr, &record})).size(), 70000u);
}

TEST(LogReporter, Counts) {
  metrics::ErrorCounts counts;
  LogReporter reporter("fs-1", false);
  reporter.Attach(counts);
  EXPECT_TRUE(reporter.Report(Fail({})).ok());
  EXPECT_EQ(counts.logged, 1);
  EXPECT_EQ(reporter.pending(), 0u);
  EXPECT_TRUE(reporter.Serve(milliseconds(0)).ok());
}

}  // namespace
}  // namespace sluice::errors
