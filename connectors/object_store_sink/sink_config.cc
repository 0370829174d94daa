#include "connectors/object_store_sink/sink_config.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <utility>

#include "connectors/object_store_sink/azure_config.h"
#include "connectors/sdk/errors.h"
#include "connectors/shared/base64.h"
#include "connectors/shared/text.h"
#include "connectors/shared/unknown_keys.h"

namespace sluice::object_store_sink {
namespace {

using sdk::ConfigException;
using shared::Lower;

std::string_view SimpleName(std::string_view name) {
  return name.substr(name.find_last_of(".$") + 1);  // npos + 1 is 0
}

FormatKind ReadFormat(const sdk::Config& config, std::string_view key) {
  const std::string given = config.GetString(key);
  const std::string_view name = SimpleName(given);
  if (name == "AvroFormat") return FormatKind::kAvro;
  if (name == "JsonFormat") return FormatKind::kJson;
  if (name == "ParquetFormat") return FormatKind::kParquet;
  if (name == "ByteArrayFormat") return FormatKind::kBytes;
  throw ConfigException::Invalid(
      key, given, "expected AvroFormat, JsonFormat, ParquetFormat or ByteArrayFormat");
}

FormatOptions ReadFormatOptions(Flavor flavor, const sdk::Config& config) {
  FormatOptions out;
  const std::string codec = config.GetString("avro.codec");
  for (AvroCodec one :
       {AvroCodec::kNull, AvroCodec::kDeflate, AvroCodec::kSnappy, AvroCodec::kBzip2}) {
    if (AvroCodecName(one) == codec) out.avro_codec = one;
  }
  out.connect_meta_data = config.GetBool("connect.meta.data");
  out.parquet_codec = config.GetString("parquet.codec");
  const bool numeric = Lower(config.GetString("json.decimal.format")) == "numeric";
  out.decimals = numeric ? shared::DecimalText::kNumeric : shared::DecimalText::kBase64;
  out.bytes_extension = config.GetString("format.bytearray.extension");
  if (const auto given = config.given().find("format.bytearray.separator");
      given != config.given().end()) {
    out.bytes_separator = given->second;
  }
  out.compression.gzip = config.GetString(StoreKey(flavor, "compression.type")) == "gzip";
  out.compression.level = config.GetInt(StoreKey(flavor, "compression.level"));
  return out;
}

TimestampSource ReadExtractor(const sdk::Config& config) {
  const std::string given = config.GetString("timestamp.extractor");
  std::string_view name = SimpleName(given);
  if (name.ends_with("TimestampExtractor")) name.remove_suffix(18);
  if (name == "Wallclock") return TimestampSource::kWallclock;
  if (name == "Record") return TimestampSource::kRecord;
  if (name == "RecordField") return TimestampSource::kRecordField;
  throw ConfigException::Invalid("timestamp.extractor", given,
                                 "expected Wallclock, Record or RecordField");
}

std::string Needed(const sdk::Config& config, std::string_view key, std::string_view why) {
  std::string given = config.GetString(key);
  if (given.empty()) throw ConfigException::Invalid(key, given, why);
  return given;
}

// 'year'=YYYY/'month'=MM/... with the connector's delimiter instead of slashes, as a literal.
std::string DatePattern(std::string_view delimiter, bool hours) {
  std::string quoted;
  for (char c : delimiter) quoted.append(c == '\'' ? 2 : 1, c);
  std::string pattern = "'year'=YYYY";
  const auto add = [&](const char* name) { pattern += sdk::Cat("'", quoted, name); };
  add("month'=MM");
  add("day'=dd");
  if (hours) add("hour'=HH");
  return pattern;
}

std::string WhyOfTimes(const sdk::Config& config) {
  return sdk::Cat(SimpleName(config.GetString("partitioner.class")), " needs it");
}

PartitionerKind ReadKind(const sdk::Config& config) {
  const std::string given = config.GetString("partitioner.class");
  const std::string_view kind = SimpleName(given);
  if (kind == "DefaultPartitioner") return PartitionerKind::kDefault;
  if (kind == "FieldPartitioner") return PartitionerKind::kField;
  if (kind == "TimeBasedPartitioner" || kind == "HourlyPartitioner" || kind == "DailyPartitioner") {
    return PartitionerKind::kTime;
  }
  throw ConfigException::Invalid(
      "partitioner.class", given,
      "expected DefaultPartitioner, FieldPartitioner, TimeBasedPartitioner, HourlyPartitioner or "
      "DailyPartitioner; others are Java classes");
}

std::chrono::milliseconds ReadDuration(const sdk::Config& config) {
  const std::string given = config.GetString("partitioner.class");
  const std::string_view kind = SimpleName(given);
  if (kind != "TimeBasedPartitioner")
    return std::chrono::hours(kind == "DailyPartitioner" ? 24 : 1);
  const std::chrono::milliseconds out = config.GetMillis("partition.duration.ms");
  if (out.count() > 0) return out;
  throw ConfigException::Invalid("partition.duration.ms", sdk::Cat(out.count()),
                                 "Partition duration needs to be a positive.");
}

TimePattern ReadPattern(const sdk::Config& config) {
  const std::string given = config.GetString("partitioner.class");
  const std::string_view kind = SimpleName(given);
  return TimePattern::Compile("path.format", kind == "TimeBasedPartitioner"
                                                 ? Needed(config, "path.format", WhyOfTimes(config))
                                                 : DatePattern(config.GetString("directory.delim"),
                                                               kind != "DailyPartitioner"));
}

void CheckLocale(const sdk::Config& config, bool names) {
  const std::string locale = Needed(config, "locale", WhyOfTimes(config));
  if (!names || Lower(locale).starts_with("en")) return;
  throw ConfigException::Invalid("locale", locale,
                                 "names of months and days are known in English only: write them "
                                 "as numbers in path.format, or take en");
}

shared::TimeZone ReadZone(const sdk::Config& config) {
  return shared::TimeZone::Load("timezone", Needed(config, "timezone", WhyOfTimes(config)));
}

std::vector<std::string> ReadFields(const sdk::Config& config) {
  std::vector<std::string> out = config.GetList("partition.field.name");
  if (!out.empty()) return out;
  throw ConfigException::Invalid("partition.field.name", "null", "FieldPartitioner needs it");
}

PartitionerOptions ReadPartitioner(const sdk::Config& config) {
  PartitionerOptions out;
  out.delimiter = config.GetString("directory.delim");
  out.kind = ReadKind(config);
  if (out.kind == PartitionerKind::kField) out.fields = ReadFields(config);
  if (out.kind == PartitionerKind::kTime) {
    out.duration = ReadDuration(config);
    out.pattern = ReadPattern(config);
    CheckLocale(config, out.pattern.has_names());
    out.zone = ReadZone(config);
    out.timestamp_source = ReadExtractor(config);
    out.timestamp_field = config.GetString("timestamp.field");
  }
  const std::string affix = Lower(config.GetString("schema.partition.affix.type"));
  if (affix == "prefix") out.schema_affix = Affix::kPrefix;
  if (affix == "suffix") out.schema_affix = Affix::kSuffix;
  return out;
}

Compatibility ReadCompatibility(const sdk::Config& config) {
  const std::string given = Lower(config.GetString("schema.compatibility"));
  if (given == "backward") return Compatibility::kBackward;
  if (given == "forward") return Compatibility::kForward;
  return given == "full" ? Compatibility::kFull : Compatibility::kNone;
}

bool IsTolerant(const sdk::Config& config) {
  const auto tolerance = config.given().find("errors.tolerance");
  return tolerance != config.given().end() && Lower(tolerance->second) == "all";
}

WriterOptions ReadWriter(Flavor flavor, const sdk::Config& config) {
  WriterOptions out;
  out.partitioner = ReadPartitioner(config);
  out.flush_size = config.GetInt("flush.size");
  out.rotate_interval = config.GetMillis("rotate.interval.ms");
  out.rotate_schedule = config.GetMillis("rotate.schedule.interval.ms");
  if (out.rotate_schedule.count() > 0) {
    out.zone = shared::TimeZone::Load(
        "timezone", Needed(config, "timezone", "rotate.schedule.interval.ms needs it"));
  }
  out.rotate_on_partition_change = config.GetBool("rotate.file.on.partition.change");
  out.open_files_max = config.GetInt("partitioner.max.open.files");
  const auto part = static_cast<size_t>(config.GetInt(StoreKey(flavor, "part.size")));
  out.open_bytes_max =
      std::max(static_cast<size_t>(config.GetLong("partitioner.max.open.bytes")), 2 * part);
  out.compatibility = ReadCompatibility(config);
  const std::string nulls = Lower(config.GetString("behavior.on.null.values"));
  if (nulls == "write") out.null_values = NullValues::kWrite;
  if (nulls == "ignore") {
    const bool report = IsTolerant(config) && config.GetBool("report.null.values.to.dlq");
    out.null_values = report ? NullValues::kReport : NullValues::kIgnore;
  }
  out.tombstone_folder = config.GetString("tombstone.encoded.partition");
  out.names = {config.GetString("topics.dir"), config.GetString("directory.delim"),
               config.GetString("file.delim"), config.GetInt("filename.offset.zero.pad.width")};
  out.conditional = out.rotate_schedule.count() > 0 &&
                    config.GetBool("enable.conditional.writes") &&
                    !config.GetBool("store.kafka.keys") && !config.GetBool("store.kafka.headers");
  return out;
}

Metadata ReadTags(const sdk::Config& config) {
  Metadata out;
  for (const std::string& pair : config.GetList("s3.object.tagging.key.value.pairs")) {
    const size_t colon = pair.find(':');
    if (colon == std::string::npos || colon == 0) {
      throw ConfigException::Invalid("s3.object.tagging.key.value.pairs", pair,
                                     "expected key:value");
    }
    out.emplace_back(pair.substr(0, colon), pair.substr(colon + 1));
  }
  return out;
}

void ReadS3(const sdk::Config& config, SinkConfig& out) {
  S3Options& store = out.store;
  store.bucket = config.GetString("s3.bucket.name");
  store.region = config.GetString("s3.region");
  store.path_style = config.GetBool("s3.path.style.access.enabled");
  const bool wan = config.GetBool("s3.wan.mode");
  if (wan && config.given().contains("s3.path.style.access.enabled") && store.path_style) {
    throw ConfigException::Invalid("s3.wan.mode", "true",
                                   "it excludes s3.path.style.access.enabled=true");
  }
  std::string url = config.GetString("store.url");
  if (url.empty()) {
    url = wan ? "https://s3-accelerate.amazonaws.com"
              : sdk::Cat("https://s3.", store.region, ".amazonaws.com");
    if (store.region.starts_with("cn-")) url += ".cn";
    store.path_style = store.path_style && !wan;
  }
  if (out.local_folder.empty()) store.endpoint = ParseEndpoint("store.url", url);
  store.send_digest = config.GetBool("s3.send.digest");
  store.acl = config.GetString("s3.acl.canned");
  store.sse_name = config.GetString("s3.ssea.name");
  store.sse_kms_key = config.GetString("s3.sse.kms.key.id");
  store.sse_customer_key = config.GetPassword("s3.sse.customer.key");
  if (!store.sse_customer_key.empty() &&
      shared::FromBase64(store.sse_customer_key).value_or("").size() != 32) {
    throw ConfigException::Invalid("s3.sse.customer.key", "[hidden]",
                                   "expected 32 bytes in base64");
  }
  if (!store.sse_customer_key.empty()) store.sse_name.clear();
  out.credentials.key_id = config.GetString("aws.access.key.id");
  out.credentials.secret = config.GetPassword("aws.secret.access.key");
  out.credentials.session_token = config.GetPassword("aws.session.token");
  if (out.credentials.key_id.empty() != out.credentials.secret.empty()) {
    throw ConfigException::Invalid("aws.access.key.id", out.credentials.key_id,
                                   "it goes with aws.secret.access.key: both, or none");
  }
  const std::string provider = config.GetString("s3.credentials.provider.class");
  if (!SimpleName(provider).starts_with("Default")) {
    throw ConfigException::Invalid("s3.credentials.provider.class", provider,
                                   "only the default chain is known: others are Java classes");
  }
  out.writer.tagging = config.GetBool("s3.object.tagging");
  out.writer.tagging_must_work =
      Lower(config.GetString("s3.object.behavior.on.tagging.error")) == "fail";
  out.writer.more_tags = ReadTags(config);
}

std::string ReadFile(std::string_view key, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file || text.empty()) throw ConfigException::Invalid(key, path, "it cannot be read");
  return text;
}

void ReadGcs(const sdk::Config& config, SinkConfig& out) {
  S3Options& store = out.store;
  store.google = true;
  store.bucket = config.GetString("gcs.bucket.name");
  store.region = "auto";
  store.service = "storage";
  if (!out.local_folder.empty()) return;
  std::string url = config.GetString("store.url");
  store.endpoint = ParseEndpoint("store.url", url.empty() ? "https://storage.googleapis.com" : url);
  out.credentials.key_id = config.GetString("gcs.hmac.access.id");
  out.credentials.secret = config.GetPassword("gcs.hmac.secret");
  if (!out.credentials.key_id.empty()) return;
  out.google_key = config.GetPassword("gcs.credentials.json");
  const std::string path = config.GetString("gcs.credentials.path");
  if (out.google_key.empty() && !path.empty()) {
    out.google_key = ReadFile("gcs.credentials.path", path);
  }
  if (out.google_key.empty()) {
    throw ConfigException::Invalid("gcs.credentials.path", "null",
                                   "expected a service account's key there, or in "
                                   "gcs.credentials.json, or an HMAC key in gcs.hmac.access.id");
  }
}

void ReadStore(Flavor flavor, const sdk::Config& config, SinkConfig& out) {
  const std::string url = config.GetString("store.url");
  if (url.starts_with("file://")) {
    out.local_folder = url.substr(7);
    if (!out.local_folder.starts_with('/')) {
      throw ConfigException::Invalid("store.url", url, "expected file:///folder");
    }
  }
  const auto key = [&](std::string_view name) { return StoreKey(flavor, name); };
  out.store.part_size = static_cast<size_t>(config.GetInt(key("part.size")));
  out.store.retries = config.GetInt(key("part.retries"));
  out.store.retry_backoff = config.GetMillis(key("retry.backoff.ms"));
  out.http.expect_continue = config.GetBool(key("http.send.expect.continue"));
  out.http.proxy_url = config.GetString(key("proxy.url"));
  out.http.proxy_user = config.GetString(key("proxy.user"));
  out.http.proxy_password = config.GetPassword(key("proxy.password"));
  out.http.ca_file = config.GetString("ssl.ca.location");
  if (flavor == Flavor::kS3) return ReadS3(config, out);
  if (flavor == Flavor::kGcs) return ReadGcs(config, out);
  ReadAzure(flavor, config, out);
}

// `report` is given each key and what is wrong with it.
template <typename Report>
void CheckAcross(Flavor flavor, const sdk::Config& config, Report&& report) {
  const PartitionerKind kind = ReadKind(config);
  if (config.GetLong("rotate.interval.ms") > 0 && kind != PartitionerKind::kTime) {
    report("rotate.interval.ms",
           "it counts the records' time, which only a partitioner by time tells; "
           "rotate.schedule.interval.ms goes with any");
  }
  const bool keys = config.GetBool("store.kafka.keys");
  if (Lower(config.GetString("behavior.on.null.values")) == "write" && !keys) {
    report("behavior.on.null.values", "write keeps keys, and needs store.kafka.keys=true");
  }
  const FormatKind format = ReadFormat(config, "format.class");
  const std::string compression = StoreKey(flavor, "compression.type");
  if (config.GetString(compression) == "gzip" && format != FormatKind::kJson &&
      format != FormatKind::kBytes) {
    report(compression,
           "gzip of whole files goes with JsonFormat and ByteArrayFormat; Avro and Parquet have "
           "avro.codec and parquet.codec");
  }
  if (config.GetLong("rotate.schedule.interval.ms") > 86'400'000) {
    report("rotate.schedule.interval.ms", "it begins anew each midnight: at most a day");
  }
}

bool IsMissing(Flavor flavor, const sdk::Config& config, std::string_view key) {
  const sdk::ConfigDef keys = KeysOf(flavor);
  return !config.given().contains(key) &&
         std::any_of(keys.begin(), keys.end(), [&](const sdk::ConfigKey& one) {
           return one.name() == key && one.required();
         });
}

}  // namespace

std::string StoreKey(Flavor flavor, std::string_view name) {
  if (flavor == Flavor::kS3) return sdk::Cat("s3.", name);
  if (flavor == Flavor::kGcs) return sdk::Cat("gcs.", name);
  if (flavor == Flavor::kAzure) return sdk::Cat("azure.datalake.gen2.", name);
  static constexpr std::pair<std::string_view, std::string_view> kOthers[] = {
      {"part.size", "azblob.block.size"},
      {"part.retries", "azblob.retry.retries"},
      {"file.system", "azblob.container.name"},
      {"access.key", "azblob.account.key"},
      {"sas.key", "azblob.sas.token"},
      {"compression.type", "az.compression.type"},
      {"compression.level", "az.compression.level"}};
  for (const auto& [others, its_own] : kOthers) {
    if (others == name) return std::string(its_own);
  }
  return sdk::Cat("azblob.", name);
}

SinkConfig ReadConfig(Flavor flavor, const sdk::Config& config) {
  SinkConfig out;
  out.flavor = flavor;
  CheckAcross(flavor, config, [](std::string_view key, std::string_view text) {
    throw ConfigException("Invalid configuration ", key, ": ", text);
  });
  out.writer = ReadWriter(flavor, config);
  ReadStore(flavor, config, out);
  out.format = ReadFormat(config, "format.class");
  out.store_keys = config.GetBool("store.kafka.keys");
  out.keys_format = ReadFormat(config, "keys.format.class");
  out.store_headers = config.GetBool("store.kafka.headers");
  out.headers_format = ReadFormat(config, "headers.format.class");
  out.formats = ReadFormatOptions(flavor, config);
  out.retry_backoff = config.GetMillis("retry.backoff.ms");
  // The original's default is for ever.
  out.write_max = std::min<std::chrono::milliseconds>(config.GetMillis("max.write.duration.ms"),
                                                      std::chrono::hours(24));
  return out;
}

void ValidateConfig(Flavor flavor, const sdk::Config& config, sdk::Problems& problems) {
  std::set<std::string> told;
  const auto check = [&](auto&& read) {  // one mistake does not hide the others
    try {
      read();
    } catch (const ConfigException& wrong) {
      if (wrong.key().empty()) throw;
      // That a key is missing is said by its definition; some are read more than once.
      if (IsMissing(flavor, config, wrong.key()) || !told.emplace(wrong.key()).second) return;
      problems.Add(wrong.key(), wrong.what());
    }
  };
  SinkConfig unused;
  check([&] { ReadStore(flavor, config, unused); });
  check([&] {
    if (ReadKind(config) != PartitionerKind::kTime) return;
    check([&] { ReadDuration(config); });
    bool names = false;
    check([&] { names = ReadPattern(config).has_names(); });
    check([&] { CheckLocale(config, names); });
    check([&] { ReadZone(config); });
    check([&] { ReadExtractor(config); });
  });
  check([&] { ReadWriter(flavor, config); });
  check([&] { ReadFormat(config, "format.class"); });
  check([&] { ReadFormat(config, "keys.format.class"); });
  check([&] { ReadFormat(config, "headers.format.class"); });
  check([&] {
    CheckAcross(flavor, config,
                [&](std::string_view key, std::string_view text) { problems.Add(key, text); });
  });
  shared::ReportUnknownKeys(config, KeysOf(flavor), {}, problems);
}

}  // namespace sluice::object_store_sink
