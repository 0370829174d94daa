#include "runtime/config/config_json.h"

#include "runtime/base/text.h"

namespace sluice::config {
namespace {

void TextOrNull(JsonWriter& json, const std::string& text) {
  text.empty() ? json.Null() : json.String(text);
}

void Strings(JsonWriter& json, const std::vector<std::string>& items) {
  json.StartArray();
  for (const std::string& item : items) json.String(item);
  json.EndArray();
}

}  // namespace

void WriteConfigKey(JsonWriter& json, const ConfigKey& key) {
  json.StartObject().Key("name").String(key.name).Key("type").String(TypeName(key.type));
  json.Key("required").Bool(key.required).Key("default_value");
  if (!key.default_value) {
    json.Null();
  } else if (key.type == ConfigType::kPassword) {
    json.String("[hidden]");
  } else {
    json.String(*key.default_value);
  }
  json.Key("importance").String(ImportanceName(key.importance));
  json.Key("documentation").String(key.documentation).Key("group");
  TextOrNull(json, key.group);
  json.Key("order_in_group").Int(key.order_in_group).Key("width").String(WidthName(key.width));
  json.Key("display_name").String(key.display_name.empty() ? key.name : key.display_name);
  json.Key("dependents");
  Strings(json, key.dependents);
  json.EndObject();
}

void WriteConfigValue(JsonWriter& json, const ConfigValue& value) {
  json.StartObject().Key("name").String(value.name).Key("value");
  value.value ? json.String(*value.value) : json.Null();
  json.Key("recommended_values");
  Strings(json, value.recommended);
  json.Key("errors");
  Strings(json, value.errors);
  json.Key("visible").Bool(value.visible).EndObject();
}

void WriteConfigInfos(JsonWriter& json, const ConfigInfos& infos) {
  json.StartObject().Key("name").String(infos.name).Key("error_count").Int(infos.error_count);
  json.Key("groups");
  Strings(json, infos.groups);
  json.Key("configs").StartArray();
  for (const ConfigInfo& info : infos.configs) {
    json.StartObject().Key("definition");
    if (info.definition) {
      WriteConfigKey(json, *info.definition);
    } else {
      json.Null();
    }
    json.Key("value");
    WriteConfigValue(json, info.value);
    json.EndObject();
  }
  json.EndArray().EndObject();
}

void WriteConfigMap(JsonWriter& json, const ConfigMap& config) {
  json.StartObject();
  for (const auto& [key, value] : config) json.Key(key).String(value);
  json.EndObject();
}

Status InvalidConfigError(const ConfigInfos& infos) {
  if (infos.error_count == 0) return OkStatus();
  std::string text = StrCat("Connector configuration is invalid and contains the following ",
                            infos.error_count, " error(s):");
  for (const ConfigInfo& info : infos.configs) {
    for (const std::string& error : info.value.errors) StrAppend(text, "\n", error);
  }
  StrAppend(text,
            "\nYou can also find the above list of errors at the endpoint "
            "`/connector-plugins/{connectorType}/config/validate`");
  return BadRequestError(text);
}

}  // namespace sluice::config
