// What plugins do wrong while they run, and a plugin that was built with version 1.0: driven
// through the worker's own interfaces, which must answer with an error that names the class, the
// call and the field, and never crash.
#include "tests/abi/support.h"

namespace sluice::plugin {
namespace {

class BoundaryTest : public testing::Test {
 protected:
  BoundaryTest() : folder_("boundary") {
    for (const char* name : {"garbage", "throws", "old_plugin"}) {
      folder_.Install(std::string("tests/abi/") + name + ".so", std::string(name) + ".so");
    }
    registry_ = folder_.NewRegistry();
    registry_->Scan();
  }
  ClassInfo Class(std::string_view name) {
    auto info = registry_->Find(name);
    EXPECT_TRUE(info.ok()) << info.status();
    return *info;
  }
  std::unique_ptr<SourcePlugin> Source(std::string_view name, const config::ConfigMap& config) {
    auto made = registry_->NewSourceTask(Class(name), source_host_);
    EXPECT_TRUE(made.ok()) << made.status();
    const Status started = (*made)->Start(config);
    EXPECT_TRUE(started.ok()) << started;
    return *std::move(made);
  }
  std::unique_ptr<SinkPlugin> Sink(std::string_view name, const config::ConfigMap& config) {
    auto made = registry_->NewSinkTask(Class(name), sink_host_);
    EXPECT_TRUE(made.ok()) << made.status();
    EXPECT_TRUE((*made)->Start(config).ok());
    return *std::move(made);
  }
  // The error of the first poll of the garbage source.
  std::string Garbage(const char* how) {
    auto source = Source("MinimalSource", {{"how", how}});
    const auto polled = source->Poll(milliseconds(0));
    if (polled.ok() && polled->batch != nullptr) source->Release(polled->batch);
    return std::string(Message(polled.status()));
  }

  PluginFolder folder_;
  TestSourceHost source_host_;
  TestSinkHost sink_host_;
  TestConnectorHost connector_host_;
  std::unique_ptr<Registry> registry_;
};

TEST_F(BoundaryTest, GarbageInAPolledBatch) {
  const std::string at = "The plugin class test.MinimalSourceConnector 1.0 (garbage.so): poll ";
  for (auto [how, error] : std::vector<std::pair<const char*, std::string>>{
           {"good", ""},
           {"empty", ""},
           {"batch size", "struct_size: should be 40 or more, but is 3"},
           {"record size", "record_size: should be 144 or more, but is 8"},
           {"record alignment", "record_size: should be 144 or more, but is 145"},
           {"count", "count: should be at most 10000000, but is 18446744073709551615"},
           {"no records", "records: is NULL with a count of 2"},
           {"value kind", "records[1].value: kind 77 does not exist, the highest is 16"},
           {"key kind", "records[1].key: kind 200 does not exist, the highest is 16"},
           {"null text", "records[0].value: STRING of size 1 has a NULL as.data"},
           {"null struct", "records[0].value: STRUCT of size 0 has a NULL as.structure"},
           {"no topic", "records[1].topic: is empty"},
           {"partition", "records[0].partition: should be -1 or more, but is -7"},
           {"timestamp",
            "records[0].timestamp: should be 0 or more, or SLUICE_NO_TIMESTAMP, but is -5"},
           {"schema", "records[0].value_schema: struct_size should be 128 or more, but is 1"},
           {"schema type", "records[0].value_schema: type should be 1 to 12, but is 14"},
           {"headers", "records[0].headers: is NULL"},
           {"header kind",
            "records[0].headers[0].value: kind 90 does not exist, the highest is 16"},
           {"partition kind",
            "records[0].source_partition: should be a map or null, but is a STRING"},
           {"offset kind", "records[0].source_offset: kind 99 does not exist, the highest is 16"},
       }) {
    EXPECT_EQ(Garbage(how), error.empty() ? "" : at + "answered a bad batch: " + error) << how;
  }
  EXPECT_EQ(Garbage("batch and error"),
            at + "answered a batch and an error: The plugin class test.MinimalSourceConnector 1.0 "
                 "(garbage.so): poll failed (code 3) and did not say why");
  EXPECT_EQ(Garbage("code"), at + "answered 1234, which is no sluice_code (0 to 6)");
  EXPECT_EQ(Garbage("silent error"), at + "failed (code 3) and did not say why");
}

TEST_F(BoundaryTest, GarbageInAnErrorIsMadeHarmless) {
  auto source = Source("MinimalSource", {{"how", "error sizes"}});
  const Status status = source->Poll(milliseconds(0)).status();
  EXPECT_EQ(ExceptionClass(status), kConnectException);
  EXPECT_EQ(Message(status).substr(0, 3), "\xEF\xBF\xBD");
  EXPECT_LT(StackTrace(status).size(), 20'000u);
}

TEST_F(BoundaryTest, NoHandleAndNoReason) {
  const auto made = registry_->NewSourceTask(Class("NoHandleSource"), source_host_);
  EXPECT_EQ(Message(made.status()),
            "The plugin class test.NoHandleSourceConnector 1.0 (garbage.so): create failed (code "
            "3) and did not say why");
}

TEST_F(BoundaryTest, GarbageFromASink) {
  sluice_batch batch{};
  auto put = [&](const char* how) { return Sink("MinimalSink", {{"how", how}})->Put(&batch); };
  EXPECT_EQ(put("code").code, SLUICE_FAILED);
  EXPECT_NE(std::string(Message(put("code").error)).find("answered -9"), std::string::npos);
  EXPECT_EQ(put("verdict code").code, SLUICE_FAILED);
  EXPECT_EQ(put("verdict without error").code, SLUICE_OK);
  ASSERT_EQ(sink_host_.verdicts.size(), 1u);
  EXPECT_EQ(Message(sink_host_.verdicts[0].second),
            "the sink rejected the record and did not say why");

  auto flush = [&](const char* how, int64_t& offset) {
    std::vector<sluice_topic_partition> offsets{{abi::Str("t"), 3, 0, 10}};
    const Status status = Sink("MinimalSink", {{"how", how}})->Flush(offsets);
    EXPECT_EQ(abi::View(offsets[0].topic), "t");
    offset = offsets[0].offset;
    return std::string(Message(status));
  };
  int64_t offset = 0;
  EXPECT_EQ(flush("flush lower", offset), "");
  EXPECT_EQ(offset, 9);
  EXPECT_EQ(flush("flush ahead", offset),
            "The plugin class test.MinimalSinkConnector 1.0 (garbage.so): flush answered the "
            "offset 110 for t-3, but only up to 10 was put");
  EXPECT_EQ(offset, 10);
  EXPECT_NE(flush("flush negative", offset), "");
}

TEST_F(BoundaryTest, EachCallThatThrowsAnswersAnError) {
  const ClassInfo info = Class("ThrowingSource");
  const auto text = [](const Status& status) { return std::string(Message(status)); };
  const std::string prefix = "std::runtime_error: thrown in ";
  EXPECT_EQ(text(registry_->Validate(info, {}).status()), prefix + "validate");
  EXPECT_EQ(text(registry_->Recommend(info, "pick", {}).status()), prefix + "recommend");
  EXPECT_EQ(text(registry_->ExactlyOnceSupport(info, {}).status()), prefix + "exactly_once");
  EXPECT_TRUE(info.keys.at(1).recommender("pick", {}).empty());

  auto connector = *registry_->NewConnector(info, connector_host_);
  EXPECT_EQ(text(connector->Start({{"at", "connector start"}})), prefix + "connector start");
  EXPECT_TRUE(connector->Start({}).ok());
  EXPECT_EQ(text(connector->TaskConfigs(2).status()), prefix + "task_configs");
  EXPECT_EQ(text(connector->AlterOffsets({}, {}).status()), prefix + "alter_offsets");
  connector->RequestStop();
  connector->Stop();

  auto failing = *registry_->NewSourceTask(info, source_host_);
  EXPECT_EQ(text(failing->Start({{"at", "start"}})), prefix + "start");
  EXPECT_EQ(text(Source("ThrowingSource", {{"at", "poll"}})->Poll(milliseconds(0)).status()),
            prefix + "poll");
  EXPECT_EQ(text(Source("ThrowingSource", {{"at", "poll int"}})->Poll(milliseconds(0)).status()),
            "something was thrown that is no std::exception");

  auto source = Source("ThrowingSource", {});
  const sluice_batch* batch = source->Poll(milliseconds(0))->batch;
  ASSERT_NE(batch, nullptr);
  source->Acked(batch, 0, "t", 0, 0);
  EXPECT_EQ(text(source->Poll(milliseconds(0)).status()), "Acked failed: " + prefix + "acked");
  source->Committed();
  EXPECT_EQ(text(source->Poll(milliseconds(0)).status()),
            "Committed failed: " + prefix + "committed");
  source->RequestStop();

  auto sink = Sink("ThrowingSink", {});
  sluice_batch none{};
  std::vector<sluice_topic_partition> offsets{{abi::Str("t"), 0, 0, 1}};
  EXPECT_EQ(text(sink->Assigned(offsets)), prefix + "assigned");
  EXPECT_EQ(text(sink->Put(&none).error), prefix + "put");
  EXPECT_EQ(text(sink->Flush(offsets)), prefix + "flush");
  EXPECT_EQ(text(sink->Revoked(offsets, true)), prefix + "revoked");
  EXPECT_EQ(StackTrace(sink->Put(&none).error),
            "org.apache.kafka.connect.errors.ConnectException: std::runtime_error: thrown in put\n"
            "\tat test.ThrowingSinkConnector.put(throws.so:1)");
}

TEST_F(BoundaryTest, AnExceptionThatEscapesIsCaughtAllTheSame) {
  const ClassInfo info = Class("BareSource");
  const std::string at = "The plugin class test.BareSourceConnector 1 (throws.so): ";
  EXPECT_EQ(Message(registry_->NewConnector(info, connector_host_).status()),
            at + "create let an exception escape: thrown in create");
  EXPECT_EQ(Message(registry_->Validate(info, {}).status()),
            at + "validate let an exception escape: thrown in validate");
  auto source = *registry_->NewSourceTask(info, source_host_);
  EXPECT_EQ(Message(source->Start({})), at + "start let an exception escape: thrown in start");
  EXPECT_EQ(Message(source->Poll(milliseconds(0)).status()), at + "poll let an exception escape");
  source->Committed();
  source->RequestStop();
  source.reset();
  EXPECT_EQ(source_host_.log,
            (std::vector<std::string>{at + "committed let an exception escape: thrown in committed",
                                      at + "stop let an exception escape: thrown in stop",
                                      at + "close let an exception escape: thrown in close"}));
}

// ---- Built with version 1.0 ---------------------------------------------------------------------

TEST_F(BoundaryTest, AnOldConnectorStillWorks) {
  const ClassInfo info = Class("OldFriend");
  EXPECT_EQ(info.name, "old.OldSourceConnector");
  EXPECT_EQ(info.keys.at(0).name, "topic");
  EXPECT_TRUE(info.keys.at(0).required);
  EXPECT_EQ(*registry_->ExactlyOnceSupport(info, {}), Support::kSupported);
  EXPECT_EQ(registry_->Validate(info, {})->at(0).second, "old and strict");
  auto connector = *registry_->NewConnector(info, connector_host_);
  const Status missing = connector->Start({});
  EXPECT_EQ(Message(missing), "topic is missing");
  ASSERT_TRUE(connector->Start({{"topic", "x"}}).ok());
  const auto configs = connector->TaskConfigs(1);
  ASSERT_TRUE(configs.ok());
  EXPECT_EQ(configs->at(0).Get("topic"), "x");
  EXPECT_EQ(connector_host_.reconfigurations, 1);
  EXPECT_EQ(connector->AlterOffsets({}, {}).status().code(), absl::StatusCode::kUnimplemented);
}

TEST_F(BoundaryTest, AnOldSourceStillWorks) {
  const sluice_map_entry stored{abi::String("sent"), abi::Int64(1)};
  source_host_.stored = abi::Map(&stored, 1);
  auto source = Source("OldSource", {});
  EXPECT_EQ(source_host_.log, std::vector<std::string>{"old plugin started"});
  EXPECT_TRUE(source->wants_acks());
  for (const char* expected : {"record 2", "record 3"}) {
    const auto polled = source->Poll(milliseconds(0));
    ASSERT_TRUE(polled.ok()) << polled.status();
    ASSERT_NE(polled->batch, nullptr);
    const sluice_record& record = abi::RecordAt(*polled->batch, 0);
    EXPECT_EQ(abi::Text(record.value), expected);
    source->Acked(polled->batch, 0, "old", 0, 0);
    source->CommittedOffsets(record.source_partition, record.source_offset, 1);
    source->Release(polled->batch);
  }
  EXPECT_TRUE(source->Poll(milliseconds(0))->finished);
  EXPECT_EQ(source_host_.metrics["acked"], 2);
  EXPECT_EQ(source_host_.metrics["stored"], 3);
}

TEST_F(BoundaryTest, AnOldSinkStillWorks) {
  auto sink = Sink("OldSink", {});
  EXPECT_TRUE(sink->put_atomic());
  sluice_record records[2] = {abi::EmptyRecord(), abi::EmptyRecord()};
  records[0].value = abi::String("good");
  records[1].value = abi::String("bad");
  sluice_batch batch{};
  batch.struct_size = sizeof batch;
  batch.record_size = sizeof(sluice_record);
  batch.count = 2;
  batch.records = records;
  EXPECT_EQ(sink->Put(&batch).code, SLUICE_OK);
  ASSERT_EQ(sink_host_.verdicts.size(), 1u);
  EXPECT_EQ(sink_host_.verdicts[0].first, 1u);
  EXPECT_EQ(sink_host_.kept, 1);
  std::vector<sluice_topic_partition> offsets{{abi::Str("t"), 0, 0, 5}};
  EXPECT_TRUE(sink->Flush(offsets).ok());
  EXPECT_EQ(offsets[0].offset, 4);
  EXPECT_EQ(sink_host_.kept, 0);
}

}  // namespace
}  // namespace sluice::plugin
