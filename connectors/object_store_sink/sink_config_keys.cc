// The connectors' keys as data.
#include "connectors/object_store_sink/keys_without_effect.h"
#include "connectors/object_store_sink/sink_config.h"

namespace sluice::object_store_sink {
namespace {

using sdk::ConfigKey;
using sdk::ConfigType;

// Adds keys to a group, in order.
class Group {
 public:
  Group(sdk::ConfigDef& keys, std::string_view name) : keys_(keys), name_(name) {}
  ConfigKey& Add(std::string_view key, ConfigType type, std::string_view doc) {
    return keys_.emplace_back(key, type).Group(name_, ++order_).Doc(doc);
  }

 private:
  sdk::ConfigDef& keys_;
  const std::string_view name_;
  int order_ = 0;
};

void AddFormats(sdk::ConfigDef& keys) {
  Group group(keys, "Formats");
  group
      .Add("format.class", ConfigType::kClass,
           "`AvroFormat`, `JsonFormat`, `ParquetFormat` or `ByteArrayFormat`, with any package in "
           "front.")
      .High();
  group.Add("avro.codec", ConfigType::kString, "Compression inside Avro files.")
      .Default("null")
      .OneOf({"null", "deflate", "snappy", "bzip2"})
      .Low();
  group.Add("parquet.codec", ConfigType::kString, "Compression inside Parquet files.")
      .Default("snappy")
      .OneOf({"none", "gzip", "snappy", "lz4", "brotli", "zstd"})
      .Low();
  group
      .Add("connect.meta.data", ConfigType::kBoolean,
           "Avro schemas say which Connect schema they were made of.")
      .Default("true")
      .Low();
  group
      .Add("enhanced.avro.schema.support", ConfigType::kBoolean, "Accepted; enums are always kept.")
      .Default("true")
      .Low();
  group.Add("schemas.cache.config", ConfigType::kInt, "Accepted; a schema is made once for a file.")
      .Default("1000")
      .Low();
  group
      .Add("json.decimal.format", ConfigType::kString, "Decimals in JSON: their bytes, or numbers.")
      .Default("BASE64")
      .OneOfIgnoreCase({"BASE64", "NUMERIC"})
      .Low();
  group
      .Add("format.bytearray.extension", ConfigType::kString,
           "Of the names of files of ByteArrayFormat.")
      .Default(".bin")
      .Low();
  group
      .Add("format.bytearray.separator", ConfigType::kString,
           "What follows each record in files of ByteArrayFormat; null: a line feed.")
      .Optional()
      .Low();
  group
      .Add("store.kafka.keys", ConfigType::kBoolean,
           "A second object for the records' keys, `<name>.keys<extension>`.")
      .Default("false")
      .Low();
  group.Add("keys.format.class", ConfigType::kClass, "Its format.")
      .Default("io.confluent.connect.s3.format.avro.AvroFormat")
      .Low();
  group
      .Add("store.kafka.headers", ConfigType::kBoolean,
           "Another one for their headers, `<name>.headers<extension>`.")
      .Default("false")
      .Low();
  group.Add("headers.format.class", ConfigType::kClass, "Its format.")
      .Default("io.confluent.connect.s3.format.avro.AvroFormat")
      .Low();
}

void AddFiles(sdk::ConfigDef& keys) {
  Group group(keys, "Files");
  group
      .Add("flush.size", ConfigType::kInt,
           "Records of a topic partition after which its files are written.")
      .AtLeast(1)
      .High();
  group
      .Add("rotate.interval.ms", ConfigType::kLong,
           "Span of the records' time after which they are; needs a partitioner by time.")
      .Default("-1")
      .High();
  group
      .Add("rotate.schedule.interval.ms", ConfigType::kLong,
           "The same by the clock, from midnight in `timezone`; files are then cut differently "
           "each time, see `enable.conditional.writes`.")
      .Default("-1")
      .Medium();
  group
      .Add("rotate.file.on.partition.change", ConfigType::kBoolean,
           "With `rotate.interval.ms`: also when a record's folders differ from those of the one "
           "before.")
      .Default("true")
      .Low();
  group
      .Add("partitioner.max.open.files", ConfigType::kInt,
           "Open files of a topic partition at which all are written; -1: any number.")
      .Default("-1")
      .Low();
  group
      .Add("partitioner.max.open.bytes", ConfigType::kLong,
           "Memory of the open files of a topic partition at which all are written; at least two "
           "parts.")
      .Default("268435456")
      .AtLeast(1048576)
      .Low();
  group
      .Add("max.write.duration.ms", ConfigType::kLong,
           "How long a put writes files before the consumer polls again; below "
           "max.poll.interval.ms.")
      .Default("60000")
      .AtLeast(1)
      .Low();
  group
      .Add("schema.compatibility", ConfigType::kString,
           "NONE: a file for each schema; else records are projected to the newest (FORWARD: the "
           "oldest) schema, by its version.")
      .Default("NONE")
      .OneOfIgnoreCase({"NONE", "BACKWARD", "FORWARD", "FULL"})
      .High();
  group
      .Add("behavior.on.null.values", ConfigType::kString,
           "Of records without a value; `write` keeps their keys, and needs `store.kafka.keys`.")
      .Default("fail")
      .OneOfIgnoreCase({"fail", "ignore", "write"})
      .Low();
  group
      .Add("report.null.values.to.dlq", ConfigType::kBoolean,
           "Those that are ignored become dead letters, with `errors.tolerance=all`.")
      .Default("true")
      .Low();
  group
      .Add("tombstone.encoded.partition", ConfigType::kString,
           "Their folder with `behavior.on.null.values=write`.")
      .Default("tombstone")
      .NonEmpty()
      .Low();
}

void AddNames(sdk::ConfigDef& keys) {
  Group group(keys, "Names");
  group.Add("topics.dir", ConfigType::kString, "The folder above all others.")
      .Default("topics")
      .High();
  group.Add("directory.delim", ConfigType::kString, "Between folders.")
      .Default("/")
      .NonEmpty()
      .Medium();
  group.Add("file.delim", ConfigType::kString, "Between topic, partition and offset in names.")
      .Default("+")
      .NonEmpty()
      .Medium();
  group
      .Add("filename.offset.zero.pad.width", ConfigType::kInt,
           "Digits of the offset in names, at least.")
      .Default("10")
      .Range(0, 19)
      .Low();
  group
      .Add("retry.backoff.ms", ConfigType::kLong,
           "Time before a put that failed for a passing reason is tried again.")
      .Default("5000")
      .AtLeast(0)
      .Low();
}

void AddPartitioner(sdk::ConfigDef& keys) {
  Group group(keys, "Partitioner");
  group
      .Add("partitioner.class", ConfigType::kClass,
           "`DefaultPartitioner`, `FieldPartitioner`, `TimeBasedPartitioner`, `HourlyPartitioner` "
           "or `DailyPartitioner`, with any package in front.")
      .Default("io.confluent.connect.storage.partitioner.DefaultPartitioner")
      .High();
  group
      .Add("partition.field.name", ConfigType::kList,
           "Fields that name the folders of FieldPartitioner; nested ones with dots.")
      .Default("")
      .Medium();
  group.Add("partition.duration.ms", ConfigType::kLong, "Span of a folder of TimeBasedPartitioner.")
      .Default("-1")
      .Medium();
  group
      .Add("path.format", ConfigType::kString,
           "Its name by Joda's letters: `'year'=YYYY/'month'=MM/'day'=dd/'hour'=HH`.")
      .Default("")
      .Medium()
      .Wide();
  group.Add("locale", ConfigType::kString, "Of names of months and days, which are English.")
      .Default("")
      .Medium();
  group
      .Add("timezone", ConfigType::kString,
           "Of folders by time, and of `rotate.schedule.interval.ms`: UTC, Europe/Berlin, +02:00.")
      .Default("")
      .Medium();
  group
      .Add("timestamp.extractor", ConfigType::kString,
           "`Wallclock`, `Record` (Kafka's timestamp) or `RecordField`.")
      .Default("Wallclock")
      .Medium();
  group
      .Add("timestamp.field", ConfigType::kString,
           "The field of RecordField: a Timestamp, milliseconds, or ISO-8601.")
      .Default("timestamp")
      .Medium();
  group
      .Add("schema.partition.affix.type", ConfigType::kString,
           "A folder more, `schema_name=NAME`, before or behind the others.")
      .Default("NONE")
      .OneOfIgnoreCase({"NONE", "PREFIX", "SUFFIX"})
      .Low();
}

void AddStore(sdk::ConfigDef& keys, Flavor flavor) {
  Group group(keys, "Store");
  const auto key = [&](std::string_view name) { return StoreKey(flavor, name); };
  group
      .Add("store.url", ConfigType::kString,
           "Another server, as http://minio:9000, or a local folder: file:///data.")
      .Optional()
      .High();
  group
      .Add(key("part.size"), ConfigType::kInt,
           "Bytes of a part of an upload, and of the memory of an open file.")
      .Default("26214400")
      .Range(5242880, 2147483647)
      .High();
  group.Add(key("part.retries"), ConfigType::kInt, "Tries of a call to the store after the first.")
      .Default("3")
      .AtLeast(0)
      .Medium();
  group
      .Add(key("retry.backoff.ms"), ConfigType::kLong,
           "Time before the first of them; doubled for each, and a random part taken off.")
      .Default(flavor == Flavor::kAzureBlob ? "4000" : "200")
      .AtLeast(0)
      .Low();
  group
      .Add(key("compression.type"), ConfigType::kString,
           "Of whole files, of JsonFormat and ByteArrayFormat.")
      .Default("none")
      .OneOf({"none", "gzip"})
      .Low();
  group.Add(key("compression.level"), ConfigType::kInt, "Its level; -1: the library's.")
      .Default("-1")
      .Range(-1, 9)
      .Low();
  group
      .Add(key("http.send.expect.continue"), ConfigType::kBoolean,
           "Ask before sending a large body.")
      .Default("true")
      .Low();
  group.Add(key("proxy.url"), ConfigType::kString, "An HTTP proxy.").Default("").Low();
  group.Add(key("proxy.user"), ConfigType::kString, "Its user.").Optional().Low();
  group.Add(key("proxy.password"), ConfigType::kPassword, "Its password.").Optional().Low();
  group
      .Add("ssl.ca.location", ConfigType::kString,
           "Certificates to trust, as PEM; null: the system's.")
      .Optional()
      .Low();
  group
      .Add("enable.conditional.writes", ConfigType::kBoolean,
           "With `rotate.schedule.interval.ms`, and without key and header files: an object that "
           "is there is not overwritten; the records that it holds are left out.")
      .Default("true")
      .Low();
}

void AddS3(sdk::ConfigDef& keys) {
  Group group(keys, "S3");
  group.Add("s3.bucket.name", ConfigType::kString, "The bucket; it must be there.")
      .NonEmpty()
      .High();
  group.Add("s3.region", ConfigType::kString, "Its region.").Default("us-west-2").Medium();
  group
      .Add("s3.path.style.access.enabled", ConfigType::kBoolean,
           "The bucket in the path, not in the host's name.")
      .Default("true")
      .Low();
  group.Add("s3.wan.mode", ConfigType::kBoolean, "Transfer acceleration; excludes the key above.")
      .Default("false")
      .Medium();
  group
      .Add("aws.access.key.id", ConfigType::kString,
           "Without it: environment, ~/.aws/credentials, the role of a container or an instance.")
      .Default("")
      .High();
  group.Add("aws.secret.access.key", ConfigType::kPassword, "Its secret.").Default("").High();
  group.Add("aws.session.token", ConfigType::kPassword, "Of keys that are temporary.")
      .Default("")
      .Medium();
  group
      .Add("s3.credentials.provider.class", ConfigType::kClass,
           "Only the default chain: others are Java classes.")
      .Default("com.amazonaws.auth.DefaultAWSCredentialsProviderChain")
      .Low();
  group.Add("s3.ssea.name", ConfigType::kString, "`AES256` or `aws:kms`.").Default("").Low();
  group.Add("s3.sse.customer.key", ConfigType::kPassword, "A key of one's own: base64 of 32 bytes.")
      .Default("")
      .Low();
  group.Add("s3.sse.kms.key.id", ConfigType::kString, "The key of `aws:kms`.").Default("").Low();
  group.Add("s3.acl.canned", ConfigType::kString, "A canned ACL, as `bucket-owner-full-control`.")
      .Optional()
      .Low();
  group.Add("s3.send.digest", ConfigType::kBoolean, "Content-MD5 with each body.")
      .Default("false")
      .Low();
  group
      .Add("s3.object.tagging", ConfigType::kBoolean,
           "Tags startOffset, endOffset and recordCount.")
      .Default("false")
      .Low();
  group.Add("s3.object.tagging.key.value.pairs", ConfigType::kList, "More tags: `key:value,...`")
      .Default("")
      .Low();
  group.Add("s3.object.behavior.on.tagging.error", ConfigType::kString, "When tagging fails.")
      .Default("ignore")
      .OneOfIgnoreCase({"ignore", "fail"})
      .Low();
  group
      .Add("s3.elastic.buffer.enable", ConfigType::kBoolean,
           "Accepted; buffers always grow as they need.")
      .Default("false")
      .Low();
  group.Add("s3.elastic.buffer.init.capacity", ConfigType::kInt, "Accepted, see above.")
      .Default("131072")
      .Low();
}

void AddGcs(sdk::ConfigDef& keys) {
  Group group(keys, "GCS");
  group.Add("gcs.bucket.name", ConfigType::kString, "The bucket; it must be there.")
      .NonEmpty()
      .High();
  group.Add("gcs.credentials.path", ConfigType::kString, "File with a service account's key.")
      .Optional()
      .High();
  group.Add("gcs.credentials.json", ConfigType::kPassword, "The key itself.").Optional().High();
  group
      .Add("gcs.hmac.access.id", ConfigType::kString,
           "Instead of a service account's key: an HMAC key.")
      .Default("")
      .Medium();
  group.Add("gcs.hmac.secret", ConfigType::kPassword, "Its secret.").Default("").Medium();
}

void AddAzure(sdk::ConfigDef& keys, Flavor flavor) {
  Group group(keys, "Azure");
  const auto key = [&](std::string_view name) { return StoreKey(flavor, name); };
  group
      .Add(key("account.name"), ConfigType::kString,
           "The storage account; needed unless `store.url` is a local folder.")
      .Optional()
      .High();
  group
      .Add(key("file.system"), ConfigType::kString,
           "The file system (container); it must be there.")
      .Default(flavor == Flavor::kAzureBlob ? "default" : "topics")
      .NonEmpty()
      .High();
  group
      .Add(key("access.key"), ConfigType::kPassword,
           "The account's key. Without it, a SAS or a client's key: the machine's own identity.")
      .Optional()
      .High();
  group
      .Add(key("sas.key"), ConfigType::kPassword,
           "Instead: a shared access signature that may create and write, and read with "
           "`enable.conditional.writes`.")
      .Optional()
      .High();
  group
      .Add(key("client.id"), ConfigType::kString,
           "Instead: a service principal. Without its key: one of the machine's identities.")
      .Optional()
      .High();
  group.Add(key("client.key"), ConfigType::kPassword, "The principal's secret.").Optional().High();
  group
      .Add(key("token.endpoint"), ConfigType::kString,
           "Where it gets its tokens: https://login.microsoftonline.com/TENANT/oauth2/token")
      .Optional()
      .High();
}

}  // namespace

sdk::ConfigDef KeysOf(Flavor flavor) {
  sdk::ConfigDef keys;
  if (flavor == Flavor::kS3) {
    AddS3(keys);
  } else if (flavor == Flavor::kGcs) {
    AddGcs(keys);
  } else {
    AddAzure(keys, flavor);
  }
  AddStore(keys, flavor);
  AddFormats(keys);
  AddFiles(keys);
  AddNames(keys);
  AddPartitioner(keys);
  AddKeysWithoutEffect(keys, flavor);
  return keys;
}

}  // namespace sluice::object_store_sink
