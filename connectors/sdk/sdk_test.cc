// The SDK from end to end: connectors written with it, driven through their C tables.
#include <gtest/gtest.h>

#include "connectors/sdk/fakes.h"
#include "connectors/sdk/plugin.h"

namespace {
using namespace sluice::sdk;  // NOLINT

// Polls what its `do` says: a number of records, or something to throw.
class ProbeSource : public SourceTask {
 public:
  void Start(const Config& config) override {
    do_ = config.GetString("do");
    if (do_ == "throw in start") throw ConnectException("no ", 42);
    partition_ = MakeMap({{"p", Int64(1)}});
  }
  void Poll(RecordBatch& batch, milliseconds) override {
    batch.Add("lost");
    if (do_ == "throw retriable") throw RetriableException("later");
    if (do_ == "throw data") throw DataException("bad");
    if (do_ == "throw std") throw std::out_of_range("no such thing");
    if (do_ == "throw int") throw 7;  // NOLINT
    if (do_ == "throw nested") {
      try {
        throw std::runtime_error("disk full");
      } catch (...) {
        std::throw_with_nested(ConnectException("cannot write"));
      }
    }
    batch.DropLast();
    if (do_ == "finish") Finish();
    char* block = batch.Allocate(6);
    std::memcpy(block, "ab\ncd\n", 6);
    batch.Add("t").Borrow(text_, {block, 2}).From(partition_, "at", 3);
    batch.Add("t")
        .KeyText(text_, "k")
        .Borrow(text_, {block + 3, 2})
        .Header("h", Schema(), Int64(1))
        .Header("i", text_, String("x"))
        .Timestamp(5)
        .Partition(2)
        .From(partition_, "at", 6);
    const Value order =
        batch.Struct(order_).Set("id", Int64(1)).Set(1, batch.Decimal(-1250, 2)).Build();
    batch.Add("u").Value(order_, order);
  }
  void Acked(const sluice_record& record, const Ack& ack) override {
    log().Info("acked ", ack.topic, " ", *ack.offset);
    if (do_ == "throw in acked" && record.partition == 2) throw std::runtime_error("ack");
  }
  void Committed(const std::vector<CommittedOffset>& stored) override {
    for (const auto& one : stored) log().Info("stored ", ToText(one.offset));
  }

 private:
  std::string do_;
  const Schema text_ = schemas::String();
  const Schema order_ = schemas::Struct("Order")
                            .Field("id", schemas::Int64())
                            .Field("price", schemas::Decimal(2))
                            .Build();
  const Value* partition_ = nullptr;
};

class ProbeSourceConnector : public SourceConnector {
 public:
  using Task = ProbeSource;
  static ClassInfo Describe() {
    return {.name = "test.ProbeSourceConnector", .keys = {ConfigKey("do").Default("")}};
  }
  static void Validate(const Config& config, Problems& problems) {
    if (config.GetString("do") == "wrong") problems.Add("do", "must not be wrong");
    if (config.Find("n")) config.GetInt("n");
  }
};

// Rejects "bad", fails on "fail", keeps the batch on "keep" until the next put.
class ProbeSink : public SinkTask {
 public:
  void Start(const Config&) override {}
  void Assigned(const std::vector<PartitionOffset>& list) override {
    if (list.at(0).offset == 0) Seek({{list[0].topic, list[0].partition, 10}});
  }
  void Put(const SinkBatch& batch) override {
    if (batch.empty() && kept_) {
      kept_.Done(0);
      kept_.Reject(1, "too late");
      kept_ = KeptBatch();
    }
    for (SinkRecord record : batch) {
      const std::string_view text = Text(record.value());
      if (text == "bad") record.Reject("it is bad");
      if (text == "fail") throw DataException("record ", record.offset());
      if (text == "retry") {
        RetryAfter(milliseconds(50));
        throw RetriableException("down");
      }
      if (text == "keep") kept_ = batch.Keep();
    }
    if (batch.size() == 1 && !kept_) Pause(Assignment());
  }
  void Flush(std::vector<PartitionOffset>& offsets) override {
    for (auto& one : offsets) one.offset -= 1;
  }

 private:
  KeptBatch kept_;
};

class ProbeSinkConnector : public SinkConnector {
 public:
  using Task = ProbeSink;
  static ClassInfo Describe() { return {.name = "test.ProbeSinkConnector", .put_atomic = true}; }
};

class SourceTest : public testing::Test {
 protected:
  PluginFailure Failure(const std::string& what) {
    source_.Start({{"do", what}});
    try {
      source_.Poll();
    } catch (const PluginFailure& failure) {
      return failure;
    }
    throw std::runtime_error("did not fail");
  }
  FakeSource source_{"ProbeSourceConnector"};
};

TEST_F(SourceTest, RecordsCarryAllThatWasGiven) {
  source_.Start({});
  const auto records = source_.Poll();
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].value, "\"ab\"");
  EXPECT_EQ(records[0].partition, SLUICE_NO_PARTITION);
  EXPECT_EQ(records[1].value, "\"cd\"");
  EXPECT_EQ(records[1].key, "\"k\"");
  EXPECT_EQ(records[1].partition, 2);
  EXPECT_EQ(records[1].timestamp, 5);
  EXPECT_EQ(records[1].headers, (std::vector<std::string>{"h=1", "i=\"x\""}));
  EXPECT_EQ(records[1].source_offset, "{\"at\":6}");
  EXPECT_EQ(records[2].value, "Order{id=1,price=-12.50}");
  EXPECT_EQ(records[0].raw->topic.data, records[1].raw->topic.data);
  EXPECT_EQ(records[0].raw->source_partition, records[1].raw->source_partition);
}

TEST_F(SourceTest, BatchesComeBackAndAreUsedAgain) {
  source_.Start({});
  source_.Poll();
  const sluice_batch* second = source_.Poll().at(0).batch;
  EXPECT_EQ(source_.batches_out(), 2u);
  source_.Commit();
  EXPECT_EQ(source_.Poll().at(0).batch, second);
}

TEST_F(SourceTest, AcksAndCommitsArrive) {
  source_.Start({});
  source_.Poll();
  source_.Commit();
  EXPECT_EQ(source_.host().log,
            (std::vector<std::string>{"INFO acked t 0", "INFO acked t 1", "INFO acked u 2",
                                      "INFO stored {\"at\":6}"}));
}

TEST_F(SourceTest, FinishedComesWithTheLastBatch) {
  source_.Start({{"do", "finish"}});
  EXPECT_EQ(source_.Poll().size(), 3u);
  EXPECT_TRUE(source_.finished());
  EXPECT_TRUE(source_.Poll().empty());
}

TEST_F(SourceTest, WhateverIsThrownBecomesAnAnswer) {
  EXPECT_EQ(Failure("throw retriable").code, SLUICE_RETRY);
  const PluginFailure data = Failure("throw data");
  EXPECT_EQ(data.code, SLUICE_FAILED);
  EXPECT_EQ(data.type, "org.apache.kafka.connect.errors.DataException");
  EXPECT_STREQ(Failure("throw std").what(), "poll answered 3: std::out_of_range: no such thing");
  EXPECT_EQ(Failure("throw int").code, SLUICE_FAILED);
  EXPECT_STREQ(Failure("throw nested").what(), "poll answered 3: cannot write");
  EXPECT_THROW(source_.Start({{"do", "throw in start"}}), PluginFailure);
}

TEST_F(SourceTest, AnAckThatThrowsFailsTheNextPoll) {
  source_.Start({{"do", "throw in acked"}});
  source_.Poll();
  source_.Commit();
  try {
    source_.Poll();
    FAIL();
  } catch (const PluginFailure& failure) {
    EXPECT_STREQ(failure.what(), "poll answered 3: Acked failed: std::runtime_error: ack");
  }
  EXPECT_EQ(source_.Poll().size(), 3u);
}

TEST_F(SourceTest, ValidateReportsPerKey) {
  const sluice_class& of = FindClass("test.ProbeSourceConnector");
  EXPECT_TRUE(RunValidate(of, {}).empty());
  EXPECT_EQ(RunValidate(of, {{"do", "wrong"}, {"n", "x"}}),
            (std::vector<std::string>{
                "do: must not be wrong",
                "n: Invalid value x for configuration n: Not a number of type INT"}));
}

TEST(Describe, WhatIsLeftOutIsFilledIn) {
  const sluice_class& of = FindClass("ProbeSourceConnector");
  EXPECT_EQ(sluice::abi::View(of.task_class), "test.ProbeSourceTask");
  EXPECT_EQ(sluice::abi::View(of.version), "9.8");
  const auto& sink = *static_cast<const sluice_sink_table*>(FindClass("ProbeSinkConnector").table);
  EXPECT_EQ(sink.put_atomic, 1);
  EXPECT_EQ(sink.connector->validate, nullptr);
  EXPECT_EQ(sink.connector->alter_offsets, nullptr);
  EXPECT_NE(sink.flush, nullptr);
}

FakeInput Text(std::string_view text, int64_t offset) {
  FakeInput input;
  input.offset = offset;
  input.value = String(text);
  return input;
}

class SinkTest : public testing::Test {
 protected:
  void SetUp() override {
    sink_.Start({});
    sink_.Assign({{"t", 0, 0}});
  }
  FakeSink sink_{"ProbeSinkConnector"};
};

TEST_F(SinkTest, VerdictsNameTheRecord) {
  sink_.Put({Text("good", 7), Text("bad", 8)});
  EXPECT_EQ(sink_.rejected(), std::vector<std::string>{"t-0@8: it is bad"});
}

TEST_F(SinkTest, ThrownDataIsABadRecordAndRetriableIsRetry) {
  try {
    sink_.Put({Text("fail", 3)});
    FAIL();
  } catch (const PluginFailure& failure) {
    EXPECT_EQ(failure.code, SLUICE_BAD_RECORD);
  }
  try {
    sink_.Put({Text("retry", 3)});
    FAIL();
  } catch (const PluginFailure& failure) {
    EXPECT_EQ(failure.code, SLUICE_RETRY);
  }
  EXPECT_EQ(sink_.retry_after_ms(), 50);
}

TEST_F(SinkTest, AKeptBatchOutlivesItsPut) {
  sink_.Put({Text("keep", 1), Text("x", 2)});
  EXPECT_EQ(sink_.kept(), 1u);
  sink_.Put({});
  EXPECT_EQ(sink_.kept(), 0u);
  EXPECT_EQ(sink_.done(), std::vector<std::string>{"t-0@1"});
  EXPECT_EQ(sink_.rejected(), std::vector<std::string>{"t-0@2: too late"});
  sink_.RefuseToKeep(true);
  sink_.Put({Text("keep", 3), Text("x", 4)});
  EXPECT_EQ(sink_.kept(), 0u);
}

TEST_F(SinkTest, TheHostsOtherCalls) {
  EXPECT_EQ(sink_.seeks(), (std::vector<FakeSink::Partition>{{"t", 0, 10}}));
  sink_.Put({Text("good", 1)});
  EXPECT_EQ(sink_.paused(), std::vector<std::string>{"t-0"});
  EXPECT_EQ(sink_.Flush({{"t", 0, 5}}), (std::vector<FakeSink::Partition>{{"t", 0, 4}}));
}

}  // namespace

SLUICE_PLUGIN("probe", "9.8", ProbeSourceConnector, ProbeSinkConnector)
