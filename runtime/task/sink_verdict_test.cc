// What a sink says of its records: verdicts, and halving where it says nothing.
#include "gtest/gtest.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/converter.h"
#include "runtime/task/sink_task.h"
#include "runtime/task/testing/sink_fixture.h"

namespace sluice::task {
namespace {

using testing::SinkTaskTest;
using testing::Strings;

TEST_F(SinkTaskTest, VerdictsNameTheBadOnes) {
  settings.tolerance_all = true;
  StartTask();
  Arrive({"a", "bad-not", "c", "d"});
  consumer.log[{"t", 0}][1].value = "b";
  sink.on_put = [&](const sluice_batch* batch, const Strings&) {
    EXPECT_TRUE(sink.host->Verdict(batch, 1, SLUICE_BAD_RECORD, DataError("no")).ok());
    EXPECT_TRUE(sink.host->Verdict(batch, 3, SLUICE_BAD_RECORD, DataError("no")).ok());
    EXPECT_FALSE(sink.host->Verdict(batch, 4, SLUICE_BAD_RECORD, DataError("no")).ok());
    EXPECT_FALSE(sink.host->Verdict(nullptr, 0, SLUICE_OK, OkStatus()).ok());
    EXPECT_FALSE(sink.host->Verdict(batch, 0, SLUICE_RETRY, OkStatus()).ok());
    return Ok();
  };
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(reports.reports, (Strings{"TASK_PUT b", "TASK_PUT d"}));
  sink.on_put = nullptr;
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(), 4);
}

TEST_F(SinkTaskTest, AVerdictFailsTheTaskWithToleranceNone) {
  StartTask();
  Arrive({"a", "b"});
  sink.on_put = [&](const sluice_batch* batch, const Strings&) {
    EXPECT_TRUE(sink.host->Verdict(batch, 1, SLUICE_BAD_RECORD, DataError("no")).ok());
    return Ok();
  };
  const Status failed = Turn();
  EXPECT_EQ(Message(failed), "Exiting WorkerSinkTask due to unrecoverable exception.");
  EXPECT_NE(StackTrace(failed).find("Tolerance exceeded in error handler"), std::string::npos);
  EXPECT_EQ(reports.reports, Strings{"TASK_PUT b"});
  task->Stop();
  EXPECT_EQ(Committed(), -1);
}

TEST_F(SinkTaskTest, VerdictsOfAPutThatIsTriedAgainDoNotCount) {
  settings.tolerance_all = true;
  StartTask();
  Arrive({"a", "b"});
  int tries = 0;
  sink.on_put = [&](const sluice_batch* batch, const Strings& values) {
    if (values.empty()) return Ok();
    EXPECT_TRUE(sink.host->Verdict(batch, 1, SLUICE_BAD_RECORD, DataError("no")).ok());
    return ++tries < 3 ? Answer(SLUICE_RETRY, "down") : Ok();
  };
  ASSERT_TRUE(Turn(3).ok());
  EXPECT_EQ(reports.reports, Strings{"TASK_PUT b"});
}

TEST_F(SinkTaskTest, HalvingFindsTheCulprits) {
  settings.tolerance_all = true;
  StartTask();
  RefuseBatchesWithBad();
  Arrive({"a", "b", "x1", "c", "d", "e", "f", "x2", "g"});
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(sink.taken, (Strings{"a", "b", "c", "d", "e", "f", "g"}));  // in order
  EXPECT_EQ(reports.reports, (Strings{"TASK_PUT x1", "TASK_PUT x2"}));
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(), 9);
}

TEST_F(SinkTaskTest, OneBadRecordAloneIsReported) {
  settings.tolerance_all = true;
  StartTask();
  RefuseBatchesWithBad();
  Arrive({"x"});
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(reports.reports, Strings{"TASK_PUT x"});
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(), 1);
}

TEST_F(SinkTaskTest, ASinkThatRefusesEverythingDeadLettersNothing) {
  settings.tolerance_all = true;
  for (size_t count = 2; count < 70; ++count) {
    reports = {};
    sink = {};
    consumer.log.clear();
    consumer.closed = false;
    StartTask();
    RefuseBatchesWithBad();
    for (size_t i = 0; i < count; ++i) Arrive({"x" + std::to_string(i)});
    const Status failed = Turn();
    EXPECT_NE(StackTrace(failed).find("refused x0"), std::string::npos) << count;
    EXPECT_TRUE(reports.reports.empty()) << count;
    task->Stop();
    EXPECT_EQ(Committed(), -1);
  }
}

TEST_F(SinkTaskTest, TwoNeighboursThatFailAloneStopTheTask) {
  settings.tolerance_all = true;
  StartTask();
  RefuseBatchesWithBad();
  Arrive({"a", "b", "x1", "x2"});
  const Status failed = Turn();
  EXPECT_NE(StackTrace(failed).find("refused x1"), std::string::npos);
  EXPECT_TRUE(reports.reports.empty());
  EXPECT_EQ(sink.taken, (Strings{"a", "b"}));
}

TEST_F(SinkTaskTest, ATargetThatGoesDownDuringHalvingKeepsTheRest) {
  settings.tolerance_all = true;
  StartTask();
  sink.put_atomic = true;
  int puts = 0;
  sink.on_put = [&](const sluice_batch*, const Strings& values) {
    if (++puts == 5) return Answer(SLUICE_RETRY, "down");
    for (const std::string& value : values) {
      if (value.starts_with("x")) return Answer(SLUICE_BAD_RECORD, "refused");
    }
    return Ok();
  };
  Arrive({"a", "b", "c", "x", "d", "e", "f", "g"});
  ASSERT_TRUE(Turn().ok());  // all, abcx, ab, cx, c: down
  EXPECT_EQ(sink.taken, (Strings{"a", "b"}));
  EXPECT_TRUE(reports.reports.empty());
  ASSERT_TRUE(CommitNow().ok());
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(sink.taken, (Strings{"a", "b", "c", "d", "e", "f", "g"}));
  EXPECT_EQ(reports.reports, Strings{"TASK_PUT x"});
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(), 8);
}

TEST_F(SinkTaskTest, ACulpritWhoseNeighbourCouldNotBeTriedIsNotReportedYet) {
  settings.tolerance_all = true;
  StartTask();
  sink.put_atomic = true;
  bool down = true;
  sink.on_put = [&](const sluice_batch*, const Strings& values) {
    if (values == Strings{"b"} && down) return Answer(SLUICE_RETRY, "down");
    if (!values.empty() && values[0] == "x") return Answer(SLUICE_BAD_RECORD, "refused");
    return Ok();
  };
  Arrive({"x", "b"});
  ASSERT_TRUE(Turn().ok());
  EXPECT_TRUE(reports.reports.empty());
  down = false;
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(reports.reports, Strings{"TASK_PUT x"});
  EXPECT_EQ(sink.taken, Strings{"b"});
}

TEST_F(SinkTaskTest, FailedDuringHalvingReportsNothingMore) {
  settings.tolerance_all = true;
  StartTask();
  sink.put_atomic = true;
  sink.on_put = [&](const sluice_batch*, const Strings& values) {
    if (values.size() == 1) return Answer(SLUICE_FAILED, "gone");
    return Answer(SLUICE_BAD_RECORD, "refused");
  };
  Arrive({"a", "b", "c", "d"});
  const Status failed = Turn();
  EXPECT_NE(StackTrace(failed).find("gone"), std::string::npos);
  EXPECT_TRUE(reports.reports.empty());
}

TEST_F(SinkTaskTest, SchemaVersionsOfABatchReachTheSinkInOrderEachWithItsOwn) {
  value_converter = *convert::NewConverter("JsonConverter", {}, convert::Role::kValue);
  const auto message = [](int version, std::string_view more_fields, std::string_view payload) {
    return StrCat(R"({"schema":{"type":"struct","name":"N","version":)", version,
                  R"(,"fields":[{"type":"int32","field":"a"})", more_fields, R"(]},"payload":)",
                  payload, "}");
  };
  const std::string_view b = R"(,{"type":"string","optional":true,"field":"b"})";
  const std::string_view c = R"(,{"type":"int64","default":9,"field":"c"})";
  Strings seen;
  int puts = 0;
  sink.on_put = [&](const sluice_batch* batch, const Strings& values) {
    if (values.empty()) return Ok();
    seen.clear();
    for (size_t i = 0; i < batch->count; ++i) {
      const sluice_record& record = abi::RecordAt(*batch, i);
      EXPECT_TRUE(abi::SameSchema(record.value_schema, record.value.as.structure->schema));
      seen.push_back(StrCat("v", record.value_schema->version, " ",
                            record.value_schema->field_count, " ", values[i]));
    }
    return ++puts == 1 ? Answer(SLUICE_RETRY, "later") : Ok();
  };
  StartTask();
  Arrive({message(1, "", R"({"a":1})"), message(2, b, R"({"a":2,"b":"x"})"),
          message(1, "", R"({"a":3})"), message(3, c, R"({"a":4})"), message(2, b, R"({"a":5})")});
  ASSERT_TRUE(Turn(2).ok());
  const Strings expected = {"v1 1 Struct{a=1}", "v2 2 Struct{a=2,b=x}", "v1 1 Struct{a=3}",
                            "v3 2 Struct{a=4,c=9}", "v2 2 Struct{a=5}"};
  EXPECT_EQ(puts, 2);
  EXPECT_EQ(seen, expected);  // also when they are put once more
  EXPECT_EQ(sink.puts.front(), sink.puts.back());
}

}  // namespace
}  // namespace sluice::task
