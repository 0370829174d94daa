#include "connectors/object_store_sink/partitioner.h"

#include <gtest/gtest.h>

#include "connectors/object_store_sink/field_path.h"
#include "connectors/sdk/errors.h"
#include "connectors/sdk/value.h"

namespace sluice::object_store_sink {
namespace {

constexpr int64_t kLeap = 1709209800250;  // 2024-02-29T12:30:00.250Z

// A record whose value has the fields region, nested.id, at, amount.
class PartitionerTest : public testing::Test {
 protected:
  PartitionerTest() {
    record_.original_partition = 3;
    record_.timestamp = kLeap;
    inner_values_[0] = sdk::Int32(7);
    values_[0] = sdk::String("north");
    values_[1] = abi::Struct(&inner_);
    values_[2] = sdk::String("2024-02-29T13:30:00+01:00");
    values_[3] = sdk::Float64(1.5);
    record_.value = abi::Struct(&outer_);
    record_.value_schema = outer_schema_.get();
  }
  std::string Encode(const PartitionerOptions& options) {
    return NewPartitioner(options)->Encode(record_, kLeap + 86'400'000);
  }
  static PartitionerOptions ByTime(TimestampSource source, const char* field = "at") {
    PartitionerOptions options;
    options.kind = PartitionerKind::kTime;
    options.duration = std::chrono::hours(1);
    options.pattern = TimePattern::Compile("path.format", "YYYY/MM/dd/HH");
    options.timestamp_source = source;
    options.timestamp_field = field;
    return options;
  }
  static PartitionerOptions ByFields(std::vector<std::string> fields) {
    PartitionerOptions options;
    options.kind = PartitionerKind::kField;
    options.fields = std::move(fields);
    return options;
  }

  const sdk::Schema inner_schema_ =
      sdk::schemas::Struct("Inner").Field("id", sdk::schemas::Int32()).Build();
  const sdk::Schema outer_schema_ =
      sdk::schemas::Struct("Outer")
          .Field("region", sdk::schemas::Optional(sdk::schemas::String()))
          .Field("nested", inner_schema_)
          .Field("at", sdk::schemas::String())
          .Field("amount", sdk::schemas::Float64())
          .Build();
  sdk::Value inner_values_[1], values_[4];
  sluice_struct inner_{inner_schema_.get(), inner_values_};
  sluice_struct outer_{outer_schema_.get(), values_};
  sluice_record record_ = abi::EmptyRecord();
};

TEST_F(PartitionerTest, Default) { EXPECT_EQ(Encode({}), "partition=3"); }

TEST_F(PartitionerTest, Fields) {
  EXPECT_EQ(Encode(ByFields({"region"})), "region=north");
  EXPECT_EQ(Encode(ByFields({"region", "nested.id"})), "region=north/nested.id=7");
  values_[0] = sdk::Null();
  EXPECT_EQ(Encode(ByFields({"region"})), "region=null");
  EXPECT_THROW(Encode(ByFields({"amount"})), sdk::DataException);
  EXPECT_THROW(Encode(ByFields({"nothing"})), sdk::DataException);
  record_.value = sdk::Int32(1);
  EXPECT_THROW(Encode(ByFields({"region"})), sdk::DataException);
}

TEST_F(PartitionerTest, FieldsOfMaps) {
  const sluice_map_entry entries[] = {{sdk::String("region"), sdk::Boolean(true)}};
  record_.value = abi::Map(entries, 1);
  record_.value_schema = nullptr;
  EXPECT_EQ(Encode(ByFields({"region"})), "region=true");
}

TEST_F(PartitionerTest, TimeOfEachExtractor) {
  EXPECT_EQ(Encode(ByTime(TimestampSource::kWallclock)), "2024/03/01/12");
  EXPECT_EQ(Encode(ByTime(TimestampSource::kRecord)), "2024/02/29/12");
  EXPECT_EQ(Encode(ByTime(TimestampSource::kRecordField)), "2024/02/29/12");
  EXPECT_EQ(Encode(ByTime(TimestampSource::kRecordField, "nested.id")), "1970/01/01/00");
}

TEST_F(PartitionerTest, ARecordWithoutATimeIsSaid) {
  EXPECT_THROW(Encode(ByTime(TimestampSource::kRecordField, "region")), sdk::DataException);
  EXPECT_THROW(Encode(ByTime(TimestampSource::kRecordField, "amount")), sdk::DataException);
  EXPECT_THROW(Encode(ByTime(TimestampSource::kRecordField, "none")), sdk::DataException);
  record_.timestamp = SLUICE_NO_TIMESTAMP;
  EXPECT_THROW(Encode(ByTime(TimestampSource::kRecord)), sdk::DataException);
}

TEST_F(PartitionerTest, BucketsBeginInLocalTime) {
  PartitionerOptions options = ByTime(TimestampSource::kRecord);
  options.duration = std::chrono::hours(24);
  options.zone = shared::TimeZone::Load("timezone", "Asia/Kolkata");
  options.pattern = TimePattern::Compile("path.format", "dd-HH:mm");
  record_.timestamp = kLeap + 7 * 3'600'000;  // 01:00 of the next day there
  EXPECT_EQ(Encode(options), "01-00:00");
  const auto partitioner = NewPartitioner(options);
  EXPECT_EQ(partitioner->Encode(record_, 0), "01-00:00");
  record_.timestamp = kLeap;  // and back: late records have their own bucket
  EXPECT_EQ(partitioner->Encode(record_, 0), "29-00:00");
}

TEST_F(PartitionerTest, TheSchemasNameMayBeAFolder) {
  PartitionerOptions options;
  options.schema_affix = Affix::kPrefix;
  EXPECT_EQ(Encode(options), "schema_name=Outer/partition=3");
  options.schema_affix = Affix::kSuffix;
  EXPECT_EQ(Encode(options), "partition=3/schema_name=Outer");
  record_.value_schema = nullptr;
  EXPECT_EQ(Encode(options), "partition=3/schema_name=null");
}

TEST(ParseIsoTimeTest, Times) {
  EXPECT_EQ(ParseIsoTime("2024-02-29T12:30:00.25Z"), kLeap);
  EXPECT_EQ(ParseIsoTime("2024-02-29T12:30:00.250999"), kLeap);
  EXPECT_EQ(ParseIsoTime("2024-02-29T07:00:00.250-0530"), kLeap);
  EXPECT_EQ(ParseIsoTime("2024-02-29T13:30+01"), kLeap - 250);
  EXPECT_EQ(ParseIsoTime("1970-01-02"), 86'400'000);
  EXPECT_EQ(ParseIsoTime("1970"), 0);
  for (const char* wrong : {"", "24", "2023-02-29", "2024-02-29 12:00", "2024-02-29T25", "2024-2-2",
                            "2024-02-29T12:30:00.Z", "-024", "2024-02-29T12:00X"}) {
    EXPECT_FALSE(ParseIsoTime(wrong)) << wrong;
  }
}

TEST(FieldPathTest, ANullFieldHasItsDefault) {
  const sdk::Schema schema =
      sdk::schemas::Struct("S")
          .Field("region", abi::SchemaBuilder::Like(*sdk::schemas::String().get())
                               .Optional()
                               .Default(sdk::String("north"))
                               .Build())
          .Build();
  const sdk::Value values[] = {sdk::Null()};
  const sluice_struct structure{schema.get(), values};
  FieldPath path("region");
  const sdk::Value* found = path.Find(abi::Struct(&structure));
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(sdk::Text(*found), "north");
}

}  // namespace
}  // namespace sluice::object_store_sink
