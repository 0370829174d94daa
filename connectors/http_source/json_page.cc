#include "connectors/http_source/json_page.h"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/pointer.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "connectors/http_source/json_text.h"
#include "connectors/shared/text.h"

namespace sluice::http_source {
namespace {

constexpr int kDepthMax = 200;

// How deep arrays and objects are nested, without recursion: what is deeper is never walked.
int DepthOf(std::string_view json) {
  int depth = 0, deepest = 0;
  bool in_text = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_text) {
      if (c == '\\') ++i;
      if (c == '"') in_text = false;
    } else if (c == '"') {
      in_text = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return deepest;
}

std::string TextOf(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return std::string(buffer.GetString(), buffer.GetSize());
}

// Does a float64 give a number back that is no int64? It has 15 digits for sure.
bool FloatHolds(std::string_view number) {
  const std::string_view mantissa = number.substr(0, number.find_first_of("eE"));
  if (mantissa.size() == number.size() && mantissa.find('.') == std::string_view::npos) {
    return false;  // a whole one, beyond int64
  }
  std::string digits;
  for (char c : mantissa) {
    if (c >= '0' && c <= '9') digits.push_back(c);
  }
  const size_t first = digits.find_first_not_of('0');
  return first == std::string::npos || digits.find_last_not_of('0') - first < 15;
}

// `text` is what `from` was made of: there numbers have all their digits.
std::optional<std::string> Scalar(const rapidjson::Value& from, std::string_view text,
                                  const std::string& pointer) {
  const rapidjson::Pointer at(pointer);
  const rapidjson::Value* found = at.Get(from);
  if (found == nullptr || found->IsNull()) return std::nullopt;
  if (found->IsString()) return std::string(found->GetString(), found->GetStringLength());
  if (found->IsObject() || found->IsArray()) {
    throw BadPage(sdk::Cat("at ", pointer, " there is an ", found->IsObject() ? "object" : "array",
                           ", and not a text or a number"));
  }
  if (found->IsDouble()) return std::string(TextAt(text, at).value_or(""));
  return TextOf(*found);
}

sdk::Value Convert(const rapidjson::Value& from, abi::Arena& arena);

// Keys of a map are unique; of a name that is there twice the last counts. Most objects are small,
// and the large ones must not take quadratic time.
sdk::Value ConvertObject(const rapidjson::Value& from, abi::Arena& arena) {
  constexpr rapidjson::SizeType kSmall = 32;
  const bool small = from.MemberCount() <= kSmall;
  auto* entries = arena.NewArray<sluice_map_entry>(from.MemberCount());
  size_t count = 0;
  std::unordered_map<std::string_view, size_t> places;
  for (auto member = from.MemberBegin(); member != from.MemberEnd(); ++member) {
    const std::string_view name(member->name.GetString(), member->name.GetStringLength());
    const sdk::Value value = Convert(member->value, arena);
    size_t place = count;
    if (small) {
      for (place = 0; place < count && abi::Text(entries[place].key) != name;) ++place;
    } else {
      place = places.emplace(name, count).first->second;
    }
    if (place == count) entries[count++].key = arena.CopyString(name);
    entries[place].value = value;
  }
  return abi::Map(entries, count);
}

sdk::Value Convert(const rapidjson::Value& from, abi::Arena& arena) {
  switch (from.GetType()) {
    case rapidjson::kFalseType:
      return sdk::Boolean(false);
    case rapidjson::kTrueType:
      return sdk::Boolean(true);
    case rapidjson::kStringType:
      return arena.CopyString({from.GetString(), from.GetStringLength()});
    case rapidjson::kNumberType:
      return from.IsInt64() ? sdk::Int64(from.GetInt64()) : sdk::Float64(from.GetDouble());
    case rapidjson::kArrayType: {
      auto* items = arena.NewArray<sdk::Value>(from.Size());
      for (rapidjson::SizeType i = 0; i < from.Size(); ++i) items[i] = Convert(from[i], arena);
      return abi::Array(items, from.Size());
    }
    case rapidjson::kObjectType:
      return ConvertObject(from, arena);
    default:
      return sdk::Null();
  }
}

}  // namespace

std::string JsonString(std::string_view text) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  return std::string(buffer.GetString(), buffer.GetSize());
}

struct JsonPage::Tree {
  rapidjson::Document answer;
  const rapidjson::Value* data = nullptr;
  std::string_view text;                // of the answer
  std::vector<std::string_view> texts;  // of the records, in it

  const rapidjson::Value& record(size_t index) const {
    return data->IsArray() ? (*data)[static_cast<rapidjson::SizeType>(index)] : *data;
  }
};

JsonPage::JsonPage(std::string_view answer, const std::string& data_pointer)
    : tree_(std::make_unique<Tree>()) {
  if (shared::Trimmed(answer).empty()) return;
  if (DepthOf(answer) > kDepthMax) {
    throw BadPage(sdk::Cat("it is nested more than ", kDepthMax, " deep"));
  }
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseFullPrecisionFlag |
                              rapidjson::kParseValidateEncodingFlag;
  rapidjson::Document& document = tree_->answer;
  document.Parse<kFlags>(answer.data(), answer.size());
  if (document.HasParseError()) {
    throw BadPage(sdk::Cat("it is no JSON: ", rapidjson::GetParseError_En(document.GetParseError()),
                           " (at byte ", document.GetErrorOffset(), ")"));
  }
  tree_->data = rapidjson::Pointer(data_pointer).Get(document);
  if (tree_->data == nullptr) {
    throw BadPage(
        sdk::Cat("it has nothing at ", data_pointer, " (http.response.data.json.pointer)"));
  }
  tree_->text = answer;
  tree_->texts = RecordsOf(answer, rapidjson::Pointer(data_pointer));
}

JsonPage::~JsonPage() = default;
JsonPage::JsonPage(JsonPage&&) noexcept = default;

bool JsonPage::blank() const { return tree_->data == nullptr; }

size_t JsonPage::size() const {
  if (blank() || tree_->data->IsNull()) return 0;
  return tree_->data->IsArray() ? tree_->data->Size() : 1;
}

std::string JsonPage::Text(size_t index) const { return Compact(tree_->texts.at(index)); }

uint64_t JsonPage::Hash(size_t index) const {
  uint64_t hash = 0xcbf29ce484222325;
  for (char c : Text(index)) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return hash;
}

std::optional<std::string> JsonPage::ScalarOf(size_t index, const std::string& pointer) const {
  return Scalar(tree_->record(index), tree_->texts.at(index), pointer);
}

std::optional<std::string> JsonPage::ScalarOfAnswer(const std::string& pointer) const {
  if (blank()) return std::nullopt;
  return Scalar(tree_->answer, tree_->text, pointer);
}

sdk::Value JsonPage::ValueOf(size_t index, abi::Arena& arena) const {
  return Convert(tree_->record(index), arena);
}

sdk::Value JsonPage::KeyOf(size_t index, const std::string& pointer, abi::Arena& arena) const {
  const rapidjson::Pointer at(pointer);
  const rapidjson::Value* found = at.Get(tree_->record(index));
  if (found == nullptr) return sdk::Null();
  const auto text = [&] { return TextAt(tree_->texts.at(index), at).value_or(""); };
  if (found->IsObject() || found->IsArray()) return arena.CopyString(Compact(text()));
  if (found->IsNumber() && !found->IsInt64() && !FloatHolds(text())) {
    return arena.CopyString(text());
  }
  return Convert(*found, arena);
}

}  // namespace sluice::http_source
