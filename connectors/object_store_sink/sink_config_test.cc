#include "connectors/object_store_sink/sink_config.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "connectors/sdk/fakes.h"

namespace sluice::object_store_sink {
namespace {

constexpr const char* kClass = "S3SinkConnector";

SinkConfig Read(sdk::ConfigText given, Flavor flavor = Flavor::kS3) {
  static const sdk::ConfigTable s3(KeysOf(Flavor::kS3)), gcs(KeysOf(Flavor::kGcs)),
      azure(KeysOf(Flavor::kAzure)), blob(KeysOf(Flavor::kAzureBlob));
  given.emplace("name", "sink");
  given.emplace("s3.bucket.name", "bucket");
  given.emplace("flush.size", "10");
  given.emplace("format.class", "io.confluent.connect.s3.format.json.JsonFormat");
  const sdk::ConfigTable* tables[] = {&s3, &gcs, &azure, &blob};
  const sdk::ConfigTable* table = tables[static_cast<size_t>(flavor)];
  return ReadConfig(flavor, sdk::Config(sdk::Config::Map(given.begin(), given.end()), table));
}

std::string Validate(sdk::ConfigText given, const char* of = kClass) {
  given.emplace("s3.bucket.name", "bucket");
  given.emplace("flush.size", "10");
  given.emplace("format.class", "JsonFormat");
  std::string keys;
  for (const std::string& problem : sdk::RunValidate(sdk::FindClass(of), given)) {
    keys += problem.substr(0, problem.find(':')) + " ";
  }
  return keys;
}

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
            {"aws.secret.access.key", "s"}});
  EXPECT_EQ(config.format, FormatKind::kParquet);
  EXPECT_EQ(config.store.endpoint.host, "minio:9000");
  EXPECT_EQ(config.writer.partitioner.kind, PartitionerKind::kTime);
  EXPECT_EQ(config.writer.partitioner.timestamp_source, TimestampSource::kRecordField);
  EXPECT_EQ(config.writer.rotate_interval.count(), 60000);
  EXPECT_EQ(config.writer.compatibility, Compatibility::kFull);
  EXPECT_EQ(config.writer.null_values, NullValues::kReport);
  EXPECT_EQ(config.credentials.key_id, "k");
}

TEST(SinkConfigTest, HourlyAndDailyNeedNoPath) {
  const SinkConfig hourly =
      Read({{"partitioner.class", "HourlyPartitioner"}, {"locale", "de"}, {"timezone", "UTC"}});
  EXPECT_EQ(hourly.writer.partitioner.duration, std::chrono::hours(1));
  const SinkConfig daily =
      Read({{"partitioner.class", "DailyPartitioner"}, {"locale", "en"}, {"timezone", "UTC"}});
  EXPECT_EQ(daily.writer.partitioner.duration, std::chrono::hours(24));
}

TEST(SinkConfigTest, LocalFoldersOfEachClass) {
  EXPECT_EQ(Read({{"store.url", "file:///data"}}).local_folder, "/data");
  EXPECT_EQ(
      Read({{"store.url", "file:///data"}, {"gcs.bucket.name", "b"}}, Flavor::kGcs).local_folder,
      "/data");
  EXPECT_EQ(Read({{"store.url", "file:///data"}}, Flavor::kAzure).store.bucket, "topics");
  EXPECT_THROW(Read({}, Flavor::kAzure), sdk::ConfigException);
}

TEST(SinkConfigTest, GoogleTakesEitherKindOfKey) {
  EXPECT_THROW(Read({{"gcs.bucket.name", "b"}}, Flavor::kGcs), sdk::ConfigException);
  const SinkConfig hmac =
      Read({{"gcs.bucket.name", "b"}, {"gcs.hmac.access.id", "i"}, {"gcs.hmac.secret", "s"}},
           Flavor::kGcs);
  EXPECT_TRUE(hmac.store.google);
  EXPECT_EQ(hmac.store.endpoint.host, "storage.googleapis.com");
  EXPECT_EQ(
      Read({{"gcs.bucket.name", "b"}, {"gcs.credentials.json", "{}"}}, Flavor::kGcs).google_key,
      "{}");
}

sdk::ConfigText Azure(sdk::ConfigText more) {
  more.emplace("azure.datalake.gen2.account.name", "acc");
  return more;
}

TEST(SinkConfigTest, AzureTakesOneKindOfKey) {
  const std::string prefix = "azure.datalake.gen2.";
  const SinkConfig key = Read(Azure({{prefix + "access.key", "a2V5"}}), Flavor::kAzure);
  EXPECT_EQ(key.azure.endpoint.host, "acc.blob.core.windows.net");
  EXPECT_EQ(key.azure.container, "topics");
  EXPECT_EQ(key.azure.part_size, 26214400u);
  EXPECT_EQ(key.azure_key, "a2V5");
  const SinkConfig sas = Read(Azure({{prefix + "sas.key", "?sv=1&sig=x%3D"},
                                     {prefix + "file.system", "lake"},
                                     {"store.url", "https://acc.dfs.core.chinacloudapi.cn"}}),
                              Flavor::kAzure);
  EXPECT_EQ(sas.azure.sas, "sv=1&sig=x%3D");
  EXPECT_EQ(sas.azure.container, "lake");
  EXPECT_EQ(sas.azure.endpoint.host, "acc.blob.core.chinacloudapi.cn");
  const SinkConfig principal =
      Read(Azure({{prefix + "client.id", "id"},
                  {prefix + "client.key", "secret"},
                  {prefix + "token.endpoint", "https://login.microsoftonline.com/t/oauth2/token"}}),
           Flavor::kAzure);
  EXPECT_EQ(principal.azure_identity.client_key, "secret");
  EXPECT_EQ(Read(Azure({}), Flavor::kAzure).azure_identity.client_id, "");  // the machine's
}

TEST(SinkConfigTest, BlobStorageHasItsOwnNamesForTheKeys) {
  const sdk::ConfigText given = {{"azblob.account.name", "acc"},
                                 {"azblob.account.key", "a2V5"},
                                 {"azblob.container.name", "box"},
                                 {"azblob.block.size", "5242880"},
                                 {"azblob.retry.retries", "7"},
                                 {"azblob.retry.backoff.ms", "9"},
                                 {"azblob.retry.max.backoff.ms", "9000"},
                                 {"azblob.retry.type", "EXPONENTIAL"},
                                 {"azblob.connection.timeout.ms", "30000"},
                                 {"azblob.proxy.url", "http://proxy:3128"},
                                 {"az.compression.type", "gzip"},
                                 {"storage.class", "x"}};
  const SinkConfig config = Read(given, Flavor::kAzureBlob);
  EXPECT_EQ(config.azure.endpoint.host, "acc.blob.core.windows.net");
  EXPECT_EQ(config.azure.container + config.azure_key, "boxa2V5");
  EXPECT_EQ(config.azure.part_size, 5242880u);
  EXPECT_EQ(config.azure.retries, 7);
  EXPECT_EQ(config.azure.retry_backoff.count(), 9);
  EXPECT_EQ(config.http.proxy_url, "http://proxy:3128");
  EXPECT_TRUE(config.formats.compression.gzip);
  const SinkConfig defaults = Read(
      {{"azblob.account.name", "acc"}, {"azblob.sas.token", "?sv=1&sig=x"}}, Flavor::kAzureBlob);
  EXPECT_EQ(defaults.azure.container + defaults.azure.sas, "defaultsv=1&sig=x");
  EXPECT_EQ(defaults.azure.retry_backoff.count(), 4000);
  constexpr const char* kBlobClass = "AzureBlobStorageSinkConnector";
  EXPECT_EQ(Validate(given, kBlobClass), "");
  EXPECT_EQ(Validate({}, kBlobClass), "azblob.account.name ");
  EXPECT_EQ(Validate({{"azblob.account.name", "acc"}, {"azblob.container", "box"}}, kBlobClass),
            "azblob.container ");
  EXPECT_EQ(
      Validate({{"azblob.account.name", "acc"}, {"azblob.account.key", "no base64!"}}, kBlobClass),
      "azblob.account.key ");
}

TEST(SinkConfigTest, WhatAzureCannotTakeIsNamedByItsKey) {
  const std::string prefix = "azure.datalake.gen2.";
  const auto validate = [](const sdk::ConfigText& given) {
    return Validate(Azure(given), "AzureDataLakeGen2SinkConnector");
  };
  EXPECT_EQ(validate({}), "");
  EXPECT_EQ(Validate({}, "AzureDataLakeGen2SinkConnector"), prefix + "account.name ");
  EXPECT_EQ(validate({{prefix + "access.key", "no base64!"}}), prefix + "access.key ");
  EXPECT_EQ(validate({{prefix + "sas.key", "hushhush"}}), prefix + "sas.key ");
  EXPECT_EQ(validate({{prefix + "client.key", "k"}}), prefix + "client.id ");
  EXPECT_EQ(validate({{prefix + "client.key", "k"}, {prefix + "client.id", "i"}}),
            prefix + "token.endpoint ");
  EXPECT_EQ(validate({{prefix + "access.key", "a2V5"}, {prefix + "sas.key", "sig=x"}}),
            prefix + "access.key ");
}

TEST(SinkConfigTest, ConditionalWritesGoWithASchedule) {
  const sdk::ConfigText scheduled = {{"rotate.schedule.interval.ms", "1000"}, {"timezone", "UTC"}};
  EXPECT_TRUE(Read(scheduled).writer.conditional);
  sdk::ConfigText keys = scheduled;
  keys["store.kafka.keys"] = "true";
  EXPECT_FALSE(Read(keys).writer.conditional);
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
}

TEST(SinkConfigTest, KeysThatLookLikeOursAreNamed) {
  EXPECT_EQ(Validate({{"s3.bucket", "b"},
                      {"partitioner.klass", "x"},
                      {"storage.class", "x"},
                      {"topics.regex", "a.*"},
                      {"errors.tolerance", "all"},
                      {"value.converter.schemas.enable", "false"},
                      {"consumer.override.max.poll.records", "9"}}),
            "partitioner.klass s3.bucket ");
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
  EXPECT_EQ(ignored, (std::vector<std::string>{"max.files.scan.limit", "schema.generator.class"}));
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
  EXPECT_EQ(config.formats.decimals, DecimalText::kNumeric);
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
