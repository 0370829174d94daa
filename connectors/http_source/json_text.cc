#include "connectors/http_source/json_text.h"

namespace sluice::http_source {
namespace {

// Reads from the front of a text that is known to be right; at its end it finds nothing more.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  char Peek() {
    while (!rest_.empty() && IsBlank(rest_.front())) rest_.remove_prefix(1);
    return rest_.empty() ? '\0' : rest_.front();
  }
  // Over a bracket, a comma or a colon.
  void Skip() {
    Peek();
    if (!rest_.empty()) rest_.remove_prefix(1);
  }
  std::string_view Value() {
    Peek();
    const std::string_view from = rest_;
    int depth = 0;
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (c == '"') {
        SkipString();
        if (depth == 0) break;
        continue;
      }
      const bool ends = c == ',' || c == ']' || c == '}' || IsBlank(c);
      if (depth == 0 && ends) break;
      rest_.remove_prefix(1);
      if (c == '[' || c == '{') ++depth;
      if ((c == ']' || c == '}') && --depth == 0) break;
    }
    return from.substr(0, from.size() - rest_.size());
  }

  static bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

 private:
  void SkipString() {
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_.front() != '"') {
      rest_.remove_prefix(rest_.front() == '\\' && rest_.size() > 1 ? 2 : 1);
    }
    if (!rest_.empty()) rest_.remove_prefix(1);
  }
  std::string_view rest_;
};

bool IsName(std::string_view quoted, const rapidjson::Pointer::Token& token) {
  rapidjson::Document name;
  name.Parse(quoted.data(), quoted.size());
  return !name.HasParseError() && name.IsString() && name.GetStringLength() == token.length &&
         std::string_view(name.GetString(), name.GetStringLength()) ==
             std::string_view(token.name, token.length);
}

// The member of that name, the first of them, or the element of that number.
std::optional<std::string_view> Child(std::string_view json,
                                      const rapidjson::Pointer::Token& token) {
  Reader reader(json);
  const bool object = reader.Peek() == '{';
  if (!object && reader.Peek() != '[') return std::nullopt;
  const char end = object ? '}' : ']';
  reader.Skip();
  for (rapidjson::SizeType i = 0; reader.Peek() != end && reader.Peek() != '\0'; ++i) {
    bool here = i == token.index;
    if (object) {
      here = IsName(reader.Value(), token);
      reader.Skip();
    }
    const std::string_view value = reader.Value();
    if (here) return value;
    if (reader.Peek() == ',') reader.Skip();
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> TextAt(std::string_view json, const rapidjson::Pointer& at) {
  std::optional<std::string_view> value = Reader(json).Value();
  for (size_t i = 0; value && i < at.GetTokenCount(); ++i) {
    value = Child(*value, at.GetTokens()[i]);
  }
  return value;
}

std::vector<std::string_view> RecordsOf(std::string_view json, const rapidjson::Pointer& at) {
  const std::optional<std::string_view> value = TextAt(json, at);
  if (!value) return {};
  Reader reader(*value);
  if (reader.Peek() != '[') return {*value};
  std::vector<std::string_view> elements;
  reader.Skip();
  while (reader.Peek() != ']' && reader.Peek() != '\0') {
    elements.push_back(reader.Value());
    if (reader.Peek() == ',') reader.Skip();
  }
  return elements;
}

std::string Compact(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  bool in_text = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (!in_text && Reader::IsBlank(c)) continue;
    out.push_back(c);
    if (c == '"') in_text = !in_text;
    if (in_text && c == '\\' && i + 1 < json.size()) out.push_back(json[++i]);
  }
  return out;
}

}  // namespace sluice::http_source
