// Replays testdata/*.jsonl: what the Java converters of Apache Kafka Connect, and its
// SchemaProjector, answered to the same questions. How the files are made: README.md.
#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "rapidjson/document.h"
#include "runtime/abi/projector.h"
#include "runtime/abi/views.h"
#include "runtime/base/json.h"
#include "runtime/base/text.h"
#include "runtime/convert/converter.h"
#include "runtime/record/decimal.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::convert {
namespace {

std::string Hex(std::string_view bytes) {
  std::string text;
  for (char c : bytes) {
    text.push_back("0123456789abcdef"[static_cast<unsigned char>(c) >> 4]);
    text.push_back("0123456789abcdef"[static_cast<unsigned char>(c) & 15]);
  }
  return text;
}
std::string Unhex(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}
std::string BigEndianHex(uint64_t bits, int size) {
  std::string bytes;
  for (int i = size - 1; i >= 0; --i) bytes.push_back(static_cast<char>(bits >> (8 * i)));
  return Hex(bytes);
}

std::string Show(const sluice_value& value);

std::string ShowParts(const sluice_value& value) {
  std::vector<std::string> parts;
  for (uint32_t i = 0; i < value.size; ++i) {
    if (value.kind == SLUICE_ARRAY) {
      parts.push_back(Show(value.as.items[i]));
    } else if (value.kind == SLUICE_MAP) {
      parts.push_back(StrCat(Show(value.as.entries[i].key), "=", Show(value.as.entries[i].value)));
    } else {
      parts.push_back(StrCat(abi::View(value.as.structure->schema->fields[i].name), "=",
                             Show(value.as.structure->values[i])));
    }
  }
  if (value.kind == SLUICE_MAP) std::sort(parts.begin(), parts.end());
  const std::string inner = StrJoin(parts, ",");
  if (value.kind == SLUICE_ARRAY) return "[" + inner + "]";
  return StrCat(value.kind == SLUICE_MAP ? "{" : "Struct{", inner, "}");
}

std::string Show(const sluice_value& value) {
  uint64_t bits = 0;
  switch (value.kind) {
    case SLUICE_NULL:
      return "null";
    case SLUICE_BOOLEAN:
      return value.as.int64 != 0 ? "bool:true" : "bool:false";
    case SLUICE_FLOAT32:
      std::memcpy(&bits, &value.as.float32, 4);
      return "f32:" + BigEndianHex(bits, 4);
    case SLUICE_FLOAT64:
      std::memcpy(&bits, &value.as.float64, 8);
      return "f64:" + BigEndianHex(bits, 8);
    case SLUICE_STRING:
      return StrCat("s'", abi::Text(value), "'");
    case SLUICE_BYTES:
      return "b:" + Hex(abi::Text(value));
    case SLUICE_DECIMAL:
      return StrCat("d:", Hex(record::MinimalUnscaled(*value.as.decimal)), "/",
                    value.as.decimal->scale);
    case SLUICE_ARRAY:
    case SLUICE_MAP:
    case SLUICE_STRUCT:
      return ShowParts(value);
    default:
      break;
  }
  if (record::IsDateKind(value.kind)) return StrCat("t:", record::DateMillis(value));
  static constexpr const char* kNames[] = {"i8:", "i16:", "i32:", "i64:"};
  return StrCat(kNames[value.kind - SLUICE_INT8], value.as.int64);
}

std::string Show(const sluice_schema* schema) {
  if (schema == nullptr) return "-";
  std::string text(record::TypeName(schema->type));
  if (schema->optional) text.push_back('?');
  if (schema->type == SLUICE_ARRAY) StrAppend(text, "<", Show(schema->value_schema), ">");
  if (schema->type == SLUICE_MAP) {
    StrAppend(text, "<", Show(schema->key_schema), ",", Show(schema->value_schema), ">");
  }
  if (schema->type == SLUICE_STRUCT) {
    std::vector<std::string> parts;
    for (uint32_t i = 0; i < schema->field_count; ++i) {
      parts.push_back(
          StrCat(abi::View(schema->fields[i].name), ":", Show(schema->fields[i].schema)));
    }
    StrAppend(text, "{", StrJoin(parts, ","), "}");
  }
  if (schema->name.data != nullptr) StrAppend(text, "(", abi::View(schema->name), ")");
  if (schema->has_version) StrAppend(text, "v", schema->version);
  if (schema->doc.data != nullptr) StrAppend(text, "doc'", abi::View(schema->doc), "'");
  if (schema->parameter_count > 0) {
    std::map<std::string, std::string> sorted;
    for (uint32_t i = 0; i < schema->parameter_count; ++i) {
      sorted[std::string(abi::View(schema->parameters[i].key))] =
          abi::View(schema->parameters[i].value);
    }
    std::vector<std::string> parts;
    for (const auto& [key, value] : sorted) parts.push_back(StrCat(key, "=", value));
    StrAppend(text, "{", StrJoin(parts, ", "), "}");
  }
  if (schema->default_value != nullptr) StrAppend(text, "=", Show(*schema->default_value));
  return text;
}

config::ConfigMap Settings(std::string_view text) {
  config::ConfigMap settings;
  if (text.empty()) return settings;
  for (std::string_view part : Split(text, ';')) {
    settings.Set(part.substr(0, part.find('=')), part.substr(part.find('=') + 1));
  }
  return settings;
}

class Question {
 public:
  explicit Question(const rapidjson::Value& line) : line_(line) {}

  std::string Answer() {
    const std::string op = Text("op");
    if (op == "project") return Project();
    const StatusOr<std::string> answer = op == "to" ? To() : From();
    return answer.ok() ? *answer : "E" + Describe(answer.status());
  }
  std::string Text(std::string_view name) const {
    const rapidjson::Value* value = FindJsonMember(line_, name);
    return value == nullptr ? std::string() : std::string(JsonText(*value));
  }

 private:
  bool header() const {
    return FindJsonMember(line_, "header") != nullptr ||
           Text("class").find("HeaderConverter") != std::string::npos;
  }

  StatusOr<std::string> To() {
    const std::string bytes =
        FindJsonMember(line_, "hex") != nullptr ? Unhex(Text("hex")) : Text("in");
    SchemaAndValue data;
    if (header()) {
      SLUICE_ASSIGN_OR_RETURN(auto converter,
                              NewHeaderConverter(Text("class"), Settings(Text("config"))));
      SLUICE_ASSIGN_OR_RETURN(data, converter->ToConnect("t", "h", abi::Str(bytes), memory_));
      return StrCat(Show(data.schema), "|", Show(data.value));
    }
    SLUICE_ASSIGN_OR_RETURN(auto converter,
                            NewConverter(Text("class"), Settings(Text("config")), Role::kValue));
    // Twice: the second time the schema is known.
    const Status first = converter->ToConnect("t", abi::Str(bytes), memory_).status();
    StatusOr<SchemaAndValue> second = converter->ToConnect("t", abi::Str(bytes), memory_);
    EXPECT_EQ(Describe(first), Describe(second.status()));
    SLUICE_ASSIGN_OR_RETURN(data, std::move(second));
    return StrCat(Show(data.schema), "|", Show(data.value));
  }

  StatusOr<std::string> From() {
    const std::string schema_text = Text("schema"), value_text = Text("value");
    SLUICE_ASSIGN_OR_RETURN(
        auto json,
        NewConverter("JsonConverter", {{"replace.null.with.default", "false"}}, Role::kValue));
    SLUICE_ASSIGN_OR_RETURN(SchemaAndValue schema,
                            json->ToConnect("t", abi::Str(schema_text), memory_));
    SLUICE_ASSIGN_OR_RETURN(SchemaAndValue value,
                            json->ToConnect("t", abi::Str(value_text), memory_));
    Bytes bytes;
    if (header()) {
      SLUICE_ASSIGN_OR_RETURN(auto converter,
                              NewHeaderConverter(Text("class"), Settings(Text("config"))));
      SLUICE_ASSIGN_OR_RETURN(
          bytes, converter->FromConnect("t", "h", schema.schema, value.value, memory_));
    } else {
      SLUICE_ASSIGN_OR_RETURN(auto converter,
                              NewConverter(Text("class"), Settings(Text("config")), Role::kValue));
      SLUICE_ASSIGN_OR_RETURN(bytes,
                              converter->FromConnect("t", schema.schema, value.value, memory_));
    }
    if (record::IsNull(bytes)) return std::string("null");
    const std::string_view out = abi::View(bytes);
    return FindInvalidUtf8(out) == std::string_view::npos ? StrCat("T", out) : "H" + Hex(out);
  }

  // An error with all its causes; of one that a cast of Java's raises only that there is one.
  std::string Project() {
    auto json =
        NewConverter("JsonConverter", {{"replace.null.with.default", "false"}}, Role::kValue);
    const std::string target_text = Text("schema"), source_text = Text("value");
    auto target = (*json)->ToConnect("t", abi::Str(target_text), memory_);
    auto source = (*json)->ToConnect("t", abi::Str(source_text), memory_);
    if (!target.ok() || !source.ok()) return "cannot be read";
    abi::Projector projector(memory_.arena());
    const auto projected =
        projector.Project(*source->schema, source->value, *target->schema->value_schema);
    const std::string why = projector.WhyNot(*source->schema, *target->schema->value_schema);
    // What the schemas say holds for each of their values.
    if (!projected && why.empty() && !projector.problem().data) return "not foreseen";
    if (projected) return Show(*projected);
    if (Text("out") == "E") return "E";
    constexpr std::string_view kException =
        "org.apache.kafka.connect.errors.SchemaProjectorException";
    const std::vector<std::string>& texts = projector.problem().texts;
    Status status = ExceptionError(absl::StatusCode::kInvalidArgument, kException, texts.back());
    for (size_t i = texts.size() - 1; i-- > 0;) status = Wrap(status, kException, texts[i]);
    return "E" + StackTrace(status);
  }

  const rapidjson::Value& line_;
  record::BatchMemory memory_;
};

void Replay(const std::string& name, int count_min) {
  std::ifstream file("runtime/convert/testdata/" + name);
  ASSERT_TRUE(file.is_open());
  std::string line;
  int count = 0, wrong = 0;
  while (std::getline(file, line)) {
    ++count;
    const StatusOr<rapidjson::Document> document = ParseJson(line);
    ASSERT_TRUE(document.ok()) << line;
    Question question(*document);
    const std::string answer = question.Answer();
    if (answer != question.Text("out") && ++wrong <= 40) {
      ADD_FAILURE() << line.substr(0, 1500) << "\n ours: " << answer.substr(0, 500);
    }
  }
  EXPECT_GT(count, count_min);
  EXPECT_EQ(wrong, 0);
}

TEST(PeerTest, ConvertsAsJavaDoes) { Replay("peer.jsonl", 2000); }
TEST(PeerTest, ConvertsHeadersAsJavaDoes) { Replay("headers.jsonl", 1500); }
TEST(PeerTest, ProjectsAsJavaDoes) { Replay("projector.jsonl", 900); }

}  // namespace
}  // namespace sluice::convert
