#include "runtime/convert/registry_settings.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/convert/converter_config.h"
#include "runtime/convert/registry_credentials.h"
#include "runtime/schema_registry/url.h"

namespace sluice::convert {
namespace {

using config::ConfigKey;
using config::ConfigType;
using config::Importance;

constexpr std::string_view kStrategies = "io.confluent.kafka.serializers.subject.";
constexpr std::string_view kIdClasses = "io.confluent.kafka.serializers.schema.id.";
constexpr char kTopicStrategy[] = "io.confluent.kafka.serializers.subject.TopicNameStrategy";

// Full or simple name; nothing: there is none. Newer registries' AssociatedNameStrategy names
// subjects by topic, unless they were associated otherwise.
std::optional<SubjectStrategy> StrategyOf(std::string_view name) {
  if (name.starts_with(kStrategies)) name.remove_prefix(kStrategies.size());
  if (name == "TopicNameStrategy" || name == "AssociatedNameStrategy") {
    return SubjectStrategy::kTopic;
  }
  if (name == "RecordNameStrategy") return SubjectStrategy::kRecord;
  if (name == "TopicRecordNameStrategy") return SubjectStrategy::kTopicRecord;
  return std::nullopt;
}

config::Validator StrategyValidator() {
  return config::Validator::Custom([](std::string_view value) -> std::optional<std::string> {
    if (StrategyOf(value)) return std::nullopt;
    return StrCat("expected ", kStrategies,
                  "TopicNameStrategy, RecordNameStrategy or "
                  "TopicRecordNameStrategy");
  });
}

// Where a record's schema may be named, besides in front of its bytes.
std::optional<bool> InHeader(std::string_view name) {
  if (name.starts_with(kIdClasses)) name.remove_prefix(kIdClasses.size());
  if (name == "DualSchemaIdDeserializer") return true;
  if (name == "PrefixSchemaIdDeserializer") return false;
  return std::nullopt;
}

config::Validator IdValidator() {
  return config::Validator::Custom([](std::string_view value) -> std::optional<std::string> {
    if (InHeader(value)) return std::nullopt;
    return StrCat("expected ", kIdClasses,
                  "DualSchemaIdDeserializer or PrefixSchemaIdDeserializer");
  });
}

config::Validator UrlsValidator() {
  return config::Validator::Custom([](std::string_view value) -> std::optional<std::string> {
    for (const std::string& url : SplitList(value)) {
      const auto parsed = schema_registry::ParseUrl(url);
      if (!parsed.ok()) return std::string(Message(parsed.status()));
    }
    return std::nullopt;
  });
}

void AddSwitches(config::ConfigDef& def) {
  struct Switch {
    const char* name;
    const char* fallback;
    const char* doc;
  };
  for (const Switch& one : {
           Switch{"auto.register.schemas", "true",
                  "Whether a schema that the registry does not have is registered."},
           Switch{"use.latest.version", "false",
                  "Whether the subject's latest schema is used instead of the record's own: to "
                  "write with, if auto.register.schemas is false, and to read with."},
           Switch{"latest.compatibility.strict", "true",
                  "Whether the latest schema must be able to read what the record's own writes."},
           Switch{"normalize.schemas", "false",
                  "Whether the registry normalizes schemas before it compares them."},
           Switch{"id.compatibility.strict", "true",
                  "Whether the schema of use.schema.id must be able to read what the record's own "
                  "writes."},
       }) {
    def.Add({.name = one.name,
             .type = ConfigType::kBoolean,
             .default_value = one.fallback,
             .documentation = one.doc});
  }
}

void AddNumbers(config::ConfigDef& def) {
  struct Number {
    const char* name;
    const char* fallback;
    const char* doc;
  };
  for (const Number& one : {
           Number{"max.schemas.per.subject", "1000",
                  "How many schemas the worker's client of the registry remembers."},
           Number{"use.schema.id", "-1",
                  "The id of the schema to write with, if auto.register.schemas is false."},
           Number{"latest.cache.ttl.sec", "-1",
                  "How long a subject's latest version is believed; -1: for ever."},
           Number{"missing.id.cache.ttl.sec", "1",
                  "How long it is believed that the registry has no schema of an id."},
           Number{"http.connect.timeout.ms", "60000", "How long a connection may take."},
           Number{"http.read.timeout.ms", "60000", "How long an answer may take."},
           Number{"max.retries", "3",
                  "How often a request that failed is repeated, over all URLs. "
                  "errors.retry.timeout repeats it further."},
           Number{"retries.wait.ms", "1000", "The wait before the first repetition, at most."},
           Number{"retries.max.wait.ms", "20000", "The wait before any repetition, at most."},
           Number{"schemas.cache.config", "1000",
                  "How many converted schemas are remembered, in each direction."},
       }) {
    def.Add({.name = one.name,
             .type = ConfigType::kInt,
             .default_value = one.fallback,
             .importance = Importance::kLow,
             .documentation = one.doc});
  }
}

// Settings of the original that would change what is written or who is asked.
Status RefuseUnknownWays(const config::ConfigMap& settings) {
  struct Refused {
    const char* key;
    const char* instead;
  };
  for (const Refused& one : {
           Refused{"proxy.host", "reach the registry without a proxy"},
           Refused{"use.schema.guid", "use.schema.id"},
           Refused{"use.latest.with.metadata", "use.latest.version"},
           Refused{"context.name.strategy", "name the context in the URL"},
           Refused{"rule.executors", "transforms"},
           Refused{"key.schema.id.serializer", "PrefixSchemaIdSerializer"},
           Refused{"value.schema.id.serializer", "PrefixSchemaIdSerializer"},
           Refused{"schema.format", "the registry's own format"},
       }) {
    const std::string_view value = settings.Get(one.key);
    if (value.empty() || value.ends_with("NullContextNameStrategy") ||
        value.ends_with("PrefixSchemaIdSerializer")) {
      continue;
    }
    return ConfigError(StrCat("Invalid value ", value, " for configuration ", one.key,
                              ": it is not supported here; ", one.instead));
  }
  for (const char* key : {"schema.backup.enabled", "propagate.schema.tags"}) {
    if (!EqualsIgnoreCase(settings.Get(key), "true")) continue;
    return ConfigError(
        StrCat("Invalid value true for configuration ", key, ": it is not supported here"));
  }
  return OkStatus();
}

milliseconds Millis(int64_t number) {
  return milliseconds(std::clamp<int64_t>(number, 0, 3'600'000));
}

}  // namespace

config::ConfigDef RegistryConverterConfig() {
  config::ConfigDef def = BaseConverterConfig();
  def.Add(
      {.name = "schema.registry.url",
       .type = ConfigType::kList,
       .required = true,
       .validator = UrlsValidator(),
       .importance = Importance::kHigh,
       .documentation = "The registry's URLs, tried one after the other: http://host:8081, ..."});
  for (const char* role : {"key", "value"}) {
    def.Add(
        {.name = StrCat(role, ".subject.name.strategy"),
         .type = ConfigType::kString,
         .default_value = kTopicStrategy,
         .validator = StrategyValidator(),
         .documentation = "How the subject of a schema is named: by topic, by record, or both."});
    def.Add({.name = StrCat(role, ".schema.id.deserializer"),
             .type = ConfigType::kString,
             .default_value = StrCat(kIdClasses, "DualSchemaIdDeserializer"),
             .validator = IdValidator(),
             .importance = Importance::kLow,
             .documentation = "Whether a record's schema may be named in a header (Dual...), or "
                              "only in front of its bytes (Prefix...)."});
  }
  AddSwitches(def);
  AddNumbers(def);
  AddRegistryCredentials(def);
  return def;
}

config::ConfigMap WithoutClientPrefix(const config::ConfigMap& settings) {
  config::ConfigMap bare = settings;
  for (const auto& [key, value] : settings.WithPrefix("schema.registry.")) {
    if (key == "url" || key.starts_with("ssl.")) continue;
    bare.Set(key, value);
  }
  return bare;
}

StatusOr<RegistrySettings> ParseRegistrySettings(const config::ParsedConfig& config,
                                                 const config::ConfigMap& settings) {
  SLUICE_RETURN_IF_ERROR(RefuseUnknownWays(settings));
  RegistrySettings parsed;
  parsed.is_key = config.Text("converter.type") == "key";
  parsed.subjects = StrategyOf(config.Text(parsed.is_key ? "key.subject.name.strategy"
                                                         : "value.subject.name.strategy"))
                        .value_or(SubjectStrategy::kTopic);
  parsed.id_in_header = InHeader(config.Text(parsed.is_key ? "key.schema.id.deserializer"
                                                           : "value.schema.id.deserializer"))
                            .value_or(true);
  parsed.auto_register = config.Bool("auto.register.schemas");
  parsed.use_latest_version = config.Bool("use.latest.version");
  parsed.latest_strict = config.Bool("latest.compatibility.strict");
  parsed.normalize = config.Bool("normalize.schemas");
  parsed.use_schema_id = static_cast<int32_t>(config.Int("use.schema.id"));
  parsed.id_strict = config.Bool("id.compatibility.strict");
  parsed.schemas_cache_size =
      static_cast<size_t>(std::clamp<int64_t>(config.Int("schemas.cache.config"), 1, 1'000'000));
  schema_registry::ClientOptions& client = parsed.client;
  client.urls = config.List("schema.registry.url");
  if (client.urls.empty()) {
    return ConfigError("Invalid value [] for configuration schema.registry.url: there is no URL");
  }
  for (const auto& [key, value] : settings.WithPrefix("schema.registry.ssl.")) {
    client.ssl[StrCat("ssl.", key)] = value;
  }
  SLUICE_RETURN_IF_ERROR(ReadRegistryCredentials(config, settings, client));
  for (const auto& [key, value] : settings.WithPrefix("request.header."))
    client.headers[key] = value;
  client.connect_timeout = Millis(config.Int("http.connect.timeout.ms"));
  client.read_timeout = Millis(config.Int("http.read.timeout.ms"));
  client.max_retries = static_cast<int>(std::clamp<int64_t>(config.Int("max.retries"), 0, 1000));
  client.retries_wait = Millis(config.Int("retries.wait.ms"));
  client.retries_max_wait = Millis(config.Int("retries.max.wait.ms"));
  client.schemas_max =
      static_cast<size_t>(std::clamp<int64_t>(config.Int("max.schemas.per.subject"), 1, 1'000'000));
  const int64_t latest = config.Int("latest.cache.ttl.sec");
  client.latest_ttl = latest < 0 ? milliseconds(-1) : Millis(latest * 1000);
  client.missing_ttl = Millis(config.Int("missing.id.cache.ttl.sec") * 1000);
  return parsed;
}

}  // namespace sluice::convert
