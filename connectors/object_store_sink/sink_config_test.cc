#include "connectors/object_store_sink/sink_config.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "connectors/object_store_sink/keys_without_effect.h"
#include "connectors/object_store_sink/sink_config_fixture.h"
#include "connectors/sdk/fakes.h"

namespace sluice::object_store_sink {
namespace {

TEST(SinkConfigTest, ConfigMdHasItsTables) {
  for (const char* of : {"S3SinkConnector", "GcsSinkConnector", "AzureDataLakeGen2SinkConnector",
                         "AzureBlobStorageSinkConnector"}) {
    EXPECT_TRUE(sdk::ReadmeHasTable("connectors/object_store_sink/CONFIG.md", of)) << of;
  }
}

TEST(SinkConfigTest, TheClassesHaveTheirOriginalsNames) {
  EXPECT_EQ(abi::View(sdk::FindClass(kClass).name), "io.confluent.connect.s3.S3SinkConnector");
  EXPECT_EQ(abi::View(sdk::FindClass(kClass).task_class), "io.confluent.connect.s3.S3SinkTask");
  EXPECT_EQ(abi::View(sdk::FindClass("GcsSinkConnector").name),
            "io.confluent.connect.gcs.GcsSinkConnector");
}

TEST(SinkConfigTest, DefaultsAreTheOriginals) {
  const SinkConfig config = Read({});
  EXPECT_EQ(config.store.endpoint.scheme + "://" + config.store.endpoint.host,
            "https://s3.us-west-2.amazonaws.com");
  EXPECT_TRUE(config.store.path_style);
  EXPECT_EQ(config.store.part_size, 26214400u);
  EXPECT_EQ(config.store.retries, 3);
  EXPECT_EQ(config.store.retry_backoff.count(), 200);
  EXPECT_EQ(config.retry_backoff.count(), 5000);
  EXPECT_EQ(config.writer.flush_size, 10);
  EXPECT_LE(config.writer.rotate_interval.count(), 0);
  EXPECT_EQ(config.writer.compatibility, Compatibility::kNone);
  EXPECT_EQ(config.writer.null_values, NullValues::kFail);
  EXPECT_EQ(config.writer.names.topics_dir, "topics");
  EXPECT_EQ(config.writer.partitioner.kind, PartitionerKind::kDefault);
  EXPECT_FALSE(config.writer.conditional || config.store_keys || config.store_headers);
  EXPECT_EQ(config.formats.parquet_codec, "snappy");
  EXPECT_EQ(config.format, FormatKind::kJson);
}

TEST(SinkConfigTest, AnOriginalsJson) {
  const SinkConfig config =
      Read({{"storage.class", "io.confluent.connect.s3.storage.S3Storage"},
            {"format.class", "io.confluent.connect.s3.format.parquet.ParquetFormat"},
            {"store.url", "http://minio:9000"},
            {"partitioner.class", "io.confluent.connect.storage.partitioner.TimeBasedPartitioner"},
            {"path.format", "'year'=YYYY/'month'=MM/'day'=dd/'hour'=HH"},
            {"partition.duration.ms", "3600000"},
            {"locale", "en-US"},
            {"timezone", "UTC"},
            {"timestamp.extractor", "RecordField"},
            {"timestamp.field", "at"},
            {"rotate.interval.ms", "60000"},
            {"schema.compatibility", "full"},
            {"behavior.on.null.values", "ignore"},
            {"errors.tolerance", "all"},
            {"aws.access.key.id", "k"},
            {"aws.secret.access.key", "s"},
            {"aws.session.token", "t"}});
  EXPECT_EQ(config.format, FormatKind::kParquet);
  EXPECT_EQ(config.store.endpoint.host, "minio:9000");
  EXPECT_EQ(config.writer.partitioner.kind, PartitionerKind::kTime);
  EXPECT_EQ(config.writer.partitioner.timestamp_source, TimestampSource::kRecordField);
  EXPECT_EQ(config.writer.rotate_interval.count(), 60000);
  EXPECT_EQ(config.writer.compatibility, Compatibility::kFull);
  EXPECT_EQ(config.writer.null_values, NullValues::kReport);
  EXPECT_EQ(config.credentials.key_id + config.credentials.secret, "ks");
  EXPECT_EQ(config.credentials.session_token, "t");
}

TEST(SinkConfigTest, HourlyAndDailyNeedNoPath) {
  const SinkConfig hourly =
      Read({{"partitioner.class", "HourlyPartitioner"}, {"locale", "de"}, {"timezone", "UTC"}});
  EXPECT_EQ(hourly.writer.partitioner.duration, std::chrono::hours(1));
  const SinkConfig daily =
      Read({{"partitioner.class", "DailyPartitioner"}, {"locale", "en"}, {"timezone", "UTC"}});
  EXPECT_EQ(daily.writer.partitioner.duration, std::chrono::hours(24));
}

TEST(SinkConfigTest, ConditionalWritesGoWithASchedule) {
  const sdk::ConfigText scheduled = {{"rotate.schedule.interval.ms", "1000"}, {"timezone", "UTC"}};
  EXPECT_TRUE(Read(scheduled).writer.conditional);
  for (const auto& [key, value] :
       {std::pair("store.kafka.keys", "true"), std::pair("store.kafka.headers", "true"),
        std::pair("enable.conditional.writes", "false")}) {
    sdk::ConfigText with = scheduled;
    with[key] = value;
    EXPECT_FALSE(Read(with).writer.conditional) << key;
  }
}

TEST(SinkConfigTest, ValidateNamesEveryMistakeByItsKey) {
  EXPECT_EQ(Validate({}), "");
  EXPECT_EQ(Validate({{"format.class", "OrcFormat"}}), "format.class ");
  EXPECT_EQ(Validate({{"store.url", "minio"}}), "store.url ");
  EXPECT_EQ(Validate({{"rotate.interval.ms", "1000"}}), "rotate.interval.ms ");
  EXPECT_EQ(Validate({{"rotate.schedule.interval.ms", "1000"}}), "timezone ");
  EXPECT_EQ(Validate({{"behavior.on.null.values", "write"}}), "behavior.on.null.values ");
  EXPECT_EQ(Validate({{"format.class", "AvroFormat"}, {"s3.compression.type", "gzip"}}),
            "s3.compression.type ");
  EXPECT_EQ(Validate({{"aws.access.key.id", "k"}}), "aws.access.key.id ");
  EXPECT_EQ(Validate({{"s3.sse.customer.key", "abc"}}), "s3.sse.customer.key ");
  EXPECT_EQ(Validate({{"s3.credentials.provider.class", "x.MyProvider"}}),
            "s3.credentials.provider.class ");
  EXPECT_EQ(Validate({{"s3.object.tagging.key.value.pairs", "a:1,b"}}),
            "s3.object.tagging.key.value.pairs ");
  EXPECT_EQ(Validate({{"rotate.schedule.interval.ms", "86400001"}, {"timezone", "UTC"}}),
            "rotate.schedule.interval.ms ");
  EXPECT_EQ(Validate({{"keys.format.class", "x"}}), "keys.format.class ");
  EXPECT_EQ(Validate({{"headers.format.class", "x"}}), "headers.format.class ");
  EXPECT_EQ(Validate({{"partitioner.class", "TimeBasedPartitioner"},
                      {"partition.duration.ms", "0"},
                      {"path.format", "year=YYYY"},
                      {"locale", "en"},
                      {"timezone", "UTC"},
                      {"format.class", "CsvFormat"}}),
            "partition.duration.ms path.format format.class ");
}

TEST(SinkConfigTest, PartitionersNeedTheirKeys) {
  const auto validate = [](sdk::ConfigText given, const char* partitioner) {
    given.emplace("partitioner.class", partitioner);
    return Validate(std::move(given));
  };
  EXPECT_EQ(validate({}, "x.MyPartitioner"), "partitioner.class ");
  EXPECT_EQ(validate({}, "FieldPartitioner"), "partition.field.name ");
  sdk::ConfigText given;
  std::string missing = "partition.duration.ms path.format locale timezone ";
  for (const auto& [key, value] :
       {std::pair("partition.duration.ms", "60000"), std::pair("path.format", "'y'=YYYY/MMM"),
        std::pair("locale", "en_GB"), std::pair("timezone", "Asia/Kolkata")}) {
    EXPECT_EQ(validate(given, "TimeBasedPartitioner"), missing);
    missing.erase(0, std::string(key).size() + 1);
    given[key] = value;
  }
  EXPECT_EQ(validate(given, "TimeBasedPartitioner"), "");
  const PartitionerOptions options = [&] {
    sdk::ConfigText full = given;
    full["partitioner.class"] = "io.confluent.connect.storage.partitioner.TimeBasedPartitioner";
    return Read(full).writer.partitioner;
  }();
  EXPECT_EQ(options.duration.count(), 60'000);
  EXPECT_EQ(options.zone.ToLocalMs(0), 19'800'000);
  const std::pair<const char*, const char*> wrong[] = {{"partition.duration.ms", "0"},
                                                       {"path.format", "'y'=YYYY/bb"},
                                                       {"locale", "de"},  // names of months
                                                       {"timezone", "Mars"},
                                                       {"timestamp.extractor", "Clock"}};
  for (const auto& [key, value] : wrong) {
    sdk::ConfigText with = given;
    with[key] = value;
    EXPECT_EQ(validate(with, "TimeBasedPartitioner"), sdk::Cat(key, " ")) << value;
  }
}

TEST(SinkConfigTest, ExtractorsByTheirNames) {
  const auto source = [](const std::string& name) {
    return Read({{"partitioner.class", "HourlyPartitioner"},
                 {"locale", "en"},
                 {"timezone", "UTC"},
                 {"timestamp.field", "at"},
                 {"timestamp.extractor", name}})
        .writer.partitioner;
  };
  const std::string java = "io.confluent.connect.storage.partitioner.TimeBasedPartitioner$";
  EXPECT_EQ(source("Wallclock").timestamp_source, TimestampSource::kWallclock);
  EXPECT_EQ(source("Record").timestamp_source, TimestampSource::kRecord);
  EXPECT_EQ(source("RecordField").timestamp_source, TimestampSource::kRecordField);
  EXPECT_EQ(source(java + "RecordTimestampExtractor").timestamp_source, TimestampSource::kRecord);
  EXPECT_EQ(source(java + "RecordFieldTimestampExtractor").timestamp_source,
            TimestampSource::kRecordField);
  EXPECT_EQ(source("Record").timestamp_field, "at");
}

TEST(SinkConfigTest, EveryRuleOfSchemas) {
  const std::pair<const char*, Compatibility> rules[] = {{"NONE", Compatibility::kNone},
                                                         {"backward", Compatibility::kBackward},
                                                         {"FORWARD", Compatibility::kForward},
                                                         {"Full", Compatibility::kFull}};
  for (const auto& [name, rule] : rules) {
    EXPECT_EQ(Read({{"schema.compatibility", name}}).writer.compatibility, rule) << name;
  }
}

TEST(SinkConfigTest, TimesOfPuts) {
  const SinkConfig config = Read({{"max.write.duration.ms", "1000"}, {"retry.backoff.ms", "7"}});
  EXPECT_EQ(config.write_max.count(), 1000);
  EXPECT_EQ(config.retry_backoff.count(), 7);
  // The original's default.
  EXPECT_EQ(Read({{"max.write.duration.ms", "9223372036854775807"}}).write_max,
            std::chrono::hours(24));
}

TEST(SinkConfigTest, KeysOfOtherVendorsAreNamed) {
  EXPECT_EQ(Validate({{"aws.s3.bucket.name", "b"},
                      {"file.name.template", "{{topic}}"},
                      {"file.max.records", "1"},
                      {"connect.s3.kcql", "INSERT INTO b SELECT * FROM t"}}),
            "aws.s3.bucket.name connect.s3.kcql file.max.records file.name.template ");
  EXPECT_EQ(
      Validate({{"azure.storage.container.name", "c"}, {"azure.datalake.gen2.account.name", "acc"}},
               "AzureDataLakeGen2SinkConnector"),
      "azure.storage.container.name ");
}

TEST(SinkConfigTest, KeysThatLookLikeOursAreNamed) {
  EXPECT_EQ(Validate({{"s3.bucket", "b"},
                      {"partitioner.klass", "x"},
                      {"storage.class", "x"},
                      {"fulsh.size", "5"},
                      {"topics.regex", "a.*"},
                      {"errors.tolerance", "all"},
                      {"value.converter.schemas.enable", "false"},
                      {"consumer.override.max.poll.records", "9"}}),
            "fulsh.size partitioner.klass s3.bucket ");
}

TEST(SinkConfigTest, EveryKeyOfTheOriginalIsKnown) {
  // The sinks of Confluent have these; what of them has no effect is told in the task's log.
  const sdk::ConfigText given = {{"storage.class", "io.confluent.connect.s3.storage.S3Storage"},
                                 {"schema.generator.class", "x"},
                                 {"max.write.duration.ms", "1000"},
                                 {"max.files.scan.limit", "100"}};
  EXPECT_EQ(Validate(given), "");
  static const sdk::ConfigTable table(KeysOf(Flavor::kS3));
  const std::vector<std::string> ignored =
      IgnoredKeys(sdk::Config(sdk::Config::Map(given.begin(), given.end()), &table));
  EXPECT_EQ(ignored, (std::vector<std::string>{"schema.generator.class", "max.files.scan.limit"}));
  const char* const keys[] = {// clang-format off
      "format.class", "flush.size", "rotate.interval.ms", "rotate.schedule.interval.ms",
      "rotate.file.on.partition.change", "partitioner.max.open.files", "schema.compatibility",
      "s3.bucket.name", "s3.region", "store.url", "s3.path.style.access.enabled", "s3.wan.mode",
      "s3.part.size", "s3.elastic.buffer.enable", "s3.elastic.buffer.init.capacity",
      "s3.part.retries", "s3.retry.backoff.ms", "retry.backoff.ms", "s3.compression.type",
      "s3.compression.level", "avro.codec", "parquet.codec", "s3.ssea.name", "s3.sse.customer.key",
      "s3.sse.kms.key.id", "s3.acl.canned", "s3.send.digest", "s3.object.tagging",
      "s3.object.tagging.key.value.pairs", "s3.object.behavior.on.tagging.error",
      "s3.credentials.provider.class", "aws.access.key.id", "aws.secret.access.key",
      "s3.proxy.url", "s3.proxy.user", "s3.proxy.password", "s3.http.send.expect.continue",
      "behavior.on.null.values", "tombstone.encoded.partition", "report.null.values.to.dlq",
      "store.kafka.keys", "keys.format.class", "store.kafka.headers", "headers.format.class",
      "json.decimal.format", "format.bytearray.extension", "format.bytearray.separator",
      "topics.dir", "directory.delim", "file.delim", "filename.offset.zero.pad.width",
      "schema.partition.affix.type", "enable.conditional.writes", "enhanced.avro.schema.support",
      "connect.meta.data", "schemas.cache.config", "partitioner.class", "partition.field.name",
      "path.format", "partition.duration.ms", "locale", "timezone", "timestamp.extractor",
      "timestamp.field"};
  // clang-format on
  const sdk::ConfigDef def = KeysOf(Flavor::kS3);
  for (const char* key : keys) {
    EXPECT_TRUE(std::any_of(def.begin(), def.end(), [&](const auto& one) {
      return one.name() == key;
    })) << key;
  }
}

TEST(SinkConfigTest, WhatTheStoreIsTold) {
  const SinkConfig config = Read({{"s3.region", "cn-north-1"},
                                  {"s3.part.size", "5242880"},
                                  {"s3.part.retries", "7"},
                                  {"s3.retry.backoff.ms", "9"},
                                  {"s3.proxy.url", "http://proxy:3128"},
                                  {"s3.proxy.user", "u"},
                                  {"s3.proxy.password", "p"},
                                  {"s3.http.send.expect.continue", "false"},
                                  {"s3.ssea.name", "aws:kms"},
                                  {"s3.sse.kms.key.id", "key"},
                                  {"s3.acl.canned", "private"},
                                  {"s3.send.digest", "true"},
                                  {"s3.object.tagging", "true"},
                                  {"s3.object.tagging.key.value.pairs", "a:1,b:x:y"},
                                  {"s3.object.behavior.on.tagging.error", "FAIL"},
                                  {"ssl.ca.location", "/ca.pem"}});
  EXPECT_EQ(config.store.endpoint.host, "s3.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(config.store.part_size, 5242880u);
  EXPECT_EQ(config.store.retries, 7);
  EXPECT_EQ(config.store.retry_backoff.count(), 9);
  EXPECT_EQ(config.http.proxy_url + config.http.proxy_user + config.http.proxy_password,
            "http://proxy:3128up");
  EXPECT_FALSE(config.http.expect_continue);
  EXPECT_EQ(config.http.ca_file, "/ca.pem");
  EXPECT_EQ(config.store.sse_name + config.store.sse_kms_key + config.store.acl,
            "aws:kmskeyprivate");
  EXPECT_TRUE(config.store.send_digest && config.writer.tagging && config.writer.tagging_must_work);
  EXPECT_EQ(config.writer.more_tags, (Metadata{{"a", "1"}, {"b", "x:y"}}));
  const SinkConfig wan = Read({{"s3.wan.mode", "true"}});
  EXPECT_EQ(wan.store.endpoint.host, "s3-accelerate.amazonaws.com");
  EXPECT_FALSE(wan.store.path_style);
  EXPECT_THROW(Read({{"s3.wan.mode", "true"}, {"s3.path.style.access.enabled", "true"}}),
               sdk::ConfigException);
  EXPECT_FALSE(Read({{"s3.path.style.access.enabled", "false"}}).store.path_style);
}

TEST(SinkConfigTest, WhatFilesHoldAndAreCalled) {
  const SinkConfig config = Read({{"topics.dir", "lake"},
                                  {"directory.delim", "_"},
                                  {"file.delim", "-"},
                                  {"filename.offset.zero.pad.width", "3"},
                                  {"avro.codec", "bzip2"},
                                  {"connect.meta.data", "false"},
                                  {"json.decimal.format", "numeric"},
                                  {"s3.compression.type", "gzip"},
                                  {"s3.compression.level", "9"},
                                  {"format.bytearray.extension", ".raw"},
                                  {"format.bytearray.separator", "|"},
                                  {"rotate.file.on.partition.change", "false"},
                                  {"partitioner.max.open.files", "4"},
                                  {"partitioner.max.open.bytes", "104857600"},
                                  {"tombstone.encoded.partition", "gone"},
                                  {"schema.partition.affix.type", "suffix"},
                                  {"store.kafka.keys", "true"},
                                  {"keys.format.class", "JsonFormat"},
                                  {"behavior.on.null.values", "write"}});
  const NameOptions& names = config.writer.names;
  EXPECT_EQ(names.topics_dir + names.directory_delim + names.file_delim, "lake_-");
  EXPECT_EQ(names.zero_pad, 3);
  EXPECT_EQ(config.formats.avro_codec, AvroCodec::kBzip2);
  EXPECT_FALSE(config.formats.connect_meta_data);
  EXPECT_EQ(config.formats.decimals, shared::DecimalText::kNumeric);
  EXPECT_TRUE(config.formats.compression.gzip);
  EXPECT_EQ(config.formats.compression.level, 9);
  EXPECT_EQ(config.formats.bytes_extension + config.formats.bytes_separator, ".raw|");
  EXPECT_FALSE(config.writer.rotate_on_partition_change);
  EXPECT_EQ(config.writer.open_files_max, 4);
  EXPECT_EQ(config.writer.open_bytes_max, 104857600u);
  EXPECT_EQ(config.writer.tombstone_folder, "gone");
  EXPECT_EQ(config.writer.partitioner.schema_affix, Affix::kSuffix);
  EXPECT_EQ(config.keys_format, FormatKind::kJson);
  EXPECT_EQ(config.writer.null_values, NullValues::kWrite);
  EXPECT_EQ(Read({{"behavior.on.null.values", "ignore"},
                  {"errors.tolerance", "all"},
                  {"report.null.values.to.dlq", "false"}})
                .writer.null_values,
            NullValues::kIgnore);
}

TEST(SinkConfigTest, NoTextShowsASecret) {
  for (const std::string& problem :
       sdk::RunValidate(sdk::FindClass(kClass), {{"s3.bucket.name", "b"},
                                                 {"flush.size", "1"},
                                                 {"format.class", "JsonFormat"},
                                                 {"s3.sse.customer.key", "hushhush"},
                                                 {"aws.secret.access.key", "hushhush"}})) {
    EXPECT_EQ(problem.find("hushhush"), std::string::npos) << problem;
  }
}

}  // namespace
}  // namespace sluice::object_store_sink
