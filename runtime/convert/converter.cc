#include "runtime/convert/converter.h"

#include <algorithm>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/convert/avro_converter.h"
#include "runtime/convert/converter_config.h"
#include "runtime/convert/json_converter.h"
#include "runtime/convert/json_schema_converter.h"
#include "runtime/convert/protobuf_converter.h"
#include "runtime/convert/simple_converters.h"
#include "runtime/convert/string_converter.h"

namespace sluice::convert {
namespace {

struct Entry {
  std::string_view class_name;
  MadeConverter (*make)(const config::ConfigMap& settings);  // nullptr: of headers only
  const config::ConfigDef& (*config)();
  bool headers = true;  // whether it converts headers
};

const config::ConfigDef& NoConfig() {
  static const auto* const def = new config::ConfigDef();
  return *def;
}

constexpr Entry kEntries[] = {
    {"io.confluent.connect.avro.AvroConverter", MakeAvroConverter, AvroConverterConfig, false},
    {"io.confluent.connect.json.JsonSchemaConverter", MakeJsonSchemaConverter,
     JsonSchemaConverterConfig, false},
    {"io.confluent.connect.protobuf.ProtobufConverter", MakeProtobufConverter,
     ProtobufConverterConfig, false},
    {"org.apache.kafka.connect.converters.BooleanConverter", MakeBooleanConverter,
     PlainConverterConfig},
    {"org.apache.kafka.connect.converters.ByteArrayConverter", MakeByteArrayConverter,
     PlainConverterConfig},
    {"org.apache.kafka.connect.converters.DoubleConverter", MakeDoubleConverter,
     PlainConverterConfig},
    {"org.apache.kafka.connect.converters.FloatConverter", MakeFloatConverter,
     PlainConverterConfig},
    {"org.apache.kafka.connect.converters.IntegerConverter", MakeIntegerConverter,
     PlainConverterConfig},
    {"org.apache.kafka.connect.converters.LongConverter", MakeLongConverter, PlainConverterConfig},
    {"org.apache.kafka.connect.converters.ShortConverter", MakeShortConverter,
     PlainConverterConfig},
    {"org.apache.kafka.connect.json.JsonConverter", MakeJsonConverter, JsonConverterConfig},
    {"org.apache.kafka.connect.storage.SimpleHeaderConverter", nullptr, NoConfig},
    {"org.apache.kafka.connect.storage.StringConverter", MakeStringConverter,
     StringConverterConfig},
};

bool TakeSuffix(std::string_view& text, std::string_view suffix) {
  if (text.size() <= suffix.size() || text.substr(text.size() - suffix.size()) != suffix) {
    return false;
  }
  text.remove_suffix(suffix.size());
  return true;
}

// The full name, the name without package, or that without HeaderConverter or Converter.
bool IsCalled(const Entry& entry, std::string_view name) {
  std::string_view simple = entry.class_name.substr(entry.class_name.rfind('.') + 1);
  if (name == entry.class_name || name == simple) return true;
  std::string_view pruned = simple;
  if (TakeSuffix(pruned, "HeaderConverter") && name == pruned) return true;
  return TakeSuffix(simple, "Converter") && name == simple;
}

const Entry* Find(std::string_view name) {
  const auto* entry = std::find_if(std::begin(kEntries), std::end(kEntries),
                                   [&](const Entry& each) { return IsCalled(each, name); });
  return entry == std::end(kEntries) ? nullptr : entry;
}

Status Unknown(std::string_view name, std::string_view what, bool headers) {
  std::vector<std::string_view> known;
  for (const Entry& entry : kEntries) {
    if (headers ? entry.headers : entry.make != nullptr) known.push_back(entry.class_name);
  }
  return ConfigError(
      StrCat("There is no ", what, " called '", name, "'; there are ", StrJoin(known, ", ")));
}

class ConverterOfHeaders : public HeaderConverter {
 public:
  explicit ConverterOfHeaders(std::unique_ptr<Converter> converter)
      : converter_(std::move(converter)) {}

  std::string_view class_name() const override { return converter_->class_name(); }
  StatusOr<Bytes> FromConnect(std::string_view topic, std::string_view, const sluice_schema* schema,
                              const sluice_value& value, BatchMemory& memory) override {
    return converter_->FromConnect(topic, schema, value, memory);
  }
  StatusOr<SchemaAndValue> ToConnect(std::string_view topic, std::string_view, Bytes bytes,
                                     BatchMemory& memory) override {
    return converter_->ToConnect(topic, bytes, memory);
  }

 private:
  const std::unique_ptr<Converter> converter_;
};

}  // namespace

StatusOr<std::unique_ptr<Converter>> NewConverter(std::string_view class_or_alias,
                                                  const config::ConfigMap& settings, Role role) {
  const Entry* entry = Find(class_or_alias);
  if (entry == nullptr || entry->make == nullptr) {
    return Unknown(class_or_alias, "converter", false);
  }
  return entry->make(WithRole(settings, role));
}

StatusOr<std::unique_ptr<HeaderConverter>> NewHeaderConverter(std::string_view class_or_alias,
                                                              const config::ConfigMap& settings) {
  const Entry* entry = Find(class_or_alias);
  if (entry == nullptr || !entry->headers) {
    return Unknown(class_or_alias, "header converter", true);
  }
  if (entry->make == nullptr) return MakeSimpleHeaderConverter();
  SLUICE_ASSIGN_OR_RETURN(std::unique_ptr<Converter> converter,
                          entry->make(WithRole(settings, Role::kHeader)));
  return std::make_unique<ConverterOfHeaders>(std::move(converter));
}

const std::vector<ConverterInfo>& ListConverters() {
  static const auto* const list = [] {
    auto* made = new std::vector<ConverterInfo>;
    for (const Entry& entry : kEntries) {
      made->push_back(
          {std::string(entry.class_name), entry.make != nullptr, entry.headers, &entry.config()});
    }
    return made;
  }();
  return *list;
}

}  // namespace sluice::convert
