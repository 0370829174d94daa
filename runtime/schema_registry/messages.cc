#include "runtime/schema_registry/messages.h"

#include <utility>
#include <vector>

#include "runtime/base/json.h"
#include "runtime/base/text.h"

namespace sluice::schema_registry {
namespace {

constexpr size_t kReasonMax = 2000;

int32_t NumberOf(const rapidjson::Value& answer, std::string_view name) {
  const rapidjson::Value* member = FindJsonMember(answer, name);
  return member != nullptr && member->IsInt() ? member->GetInt() : 0;
}

std::string TextOf(const rapidjson::Value& answer, std::string_view name) {
  const rapidjson::Value* member = FindJsonMember(answer, name);
  return member != nullptr && member->IsString() ? std::string(JsonText(*member)) : std::string();
}

std::vector<Reference> ReferencesOf(const rapidjson::Value& answer) {
  std::vector<Reference> references;
  const rapidjson::Value* list = FindJsonMember(answer, "references");
  if (list == nullptr || !list->IsArray()) return references;
  for (const rapidjson::Value& one : list->GetArray()) {
    if (!one.IsObject()) continue;
    references.push_back({TextOf(one, "name"), TextOf(one, "subject"), NumberOf(one, "version")});
  }
  return references;
}

}  // namespace

std::string PercentEncode(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
        c == '_' || c == '.' || c == '~') {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

std::string RequestBody(const Schema& schema) {
  JsonWriter json;
  json.StartObject().Key("schema").String(schema.text);
  if (schema.type != "AVRO") json.Key("schemaType").String(schema.type);
  if (!schema.references.empty()) {
    json.Key("references").StartArray();
    for (const Reference& reference : schema.references) {
      json.StartObject().Key("name").String(reference.name);
      json.Key("subject").String(reference.subject);
      json.Key("version").Int(reference.version).EndObject();
    }
    json.EndArray();
  }
  json.EndObject();
  return json.Take();
}

bool ReadAnswer(const http::Response& response, Registered& into) {
  const auto body = ParseJson(response.body);
  if (!body.ok() || !body->IsObject()) return false;
  into.id = NumberOf(*body, "id");
  into.version = NumberOf(*body, "version");
  into.subject = TextOf(*body, "subject");
  if (std::string type = TextOf(*body, "schemaType"); !type.empty()) {
    into.schema.type = std::move(type);
  }
  into.schema.text = TextOf(*body, "schema");
  into.schema.references = ReferencesOf(*body);
  return true;
}

int32_t CodeOf(const http::Response& response) {
  const auto body = ParseJson(response.body);
  return body.ok() && body->IsObject() ? NumberOf(*body, "error_code") : 0;
}

std::string ReasonOf(const http::Response& response) {
  const auto body = ParseJson(response.body);
  std::string text = body.ok() && body->IsObject() ? TextOf(*body, "message") : response.body;
  if (text.size() > kReasonMax) text = text.substr(0, kReasonMax) + "...";
  text = ReplaceInvalidUtf8(text);
  if (const int32_t code = CodeOf(response); code != 0) StrAppend(text, "; error code: ", code);
  return text.empty() ? "nothing" : text;
}

}  // namespace sluice::schema_registry
