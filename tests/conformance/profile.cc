#include "tests/conformance/profile.h"

#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/base/text.h"

namespace sluice::conformance {
namespace {

using rapidjson::Value;

Status Wrong(std::string_view member, std::string_view expected) {
  return ConfigError(StrCat("\"", member, "\" should be ", expected));
}

// A configuration's value: text, or a number or a truth value, which become text.
StatusOr<std::string> SettingText(const std::string& key, const Value& value) {
  if (value.IsString()) return std::string(JsonText(value));
  if (value.IsNumber() || value.IsBool()) return WriteJson(value);
  return Wrong(key, "a text, a number or a truth value");
}

Status ReadSettings(const std::string& member, const Value& from, Profile::Settings& to) {
  if (!from.IsObject()) return Wrong(member, "an object");
  for (const auto& [key, value] : from.GetObject()) {
    const std::string name(JsonText(key));
    SLUICE_ASSIGN_OR_RETURN(std::string text, SettingText(name, value));
    to.emplace_back(name, std::move(text));
  }
  return OkStatus();
}

Status ReadText(const std::string& member, const Value& from, std::string& to) {
  if (!from.IsString()) return Wrong(member, "a text");
  to = JsonText(from);
  return OkStatus();
}

Status ReadWhole(const std::string& member, const Value& from, int64_t& to) {
  if (!from.IsInt64() || from.GetInt64() < 0) return Wrong(member, "a whole number, 0 or more");
  to = from.GetInt64();
  return OkStatus();
}

Status ReadTruth(const std::string& member, const Value& from, bool& to) {
  if (!from.IsBool()) return Wrong(member, "true or false");
  to = from.GetBool();
  return OkStatus();
}

Status ReadMember(const std::string& member, const Value& from, Profile& to) {
  const std::map<std::string, std::string*> texts = {{"prepare", &to.prepare},
                                                     {"service", &to.service},
                                                     {"read", &to.read},
                                                     {"outage", &to.outage},
                                                     {"mend", &to.mend}};
  if (const auto text = texts.find(member); text != texts.end()) {
    return ReadText(member, from, *text->second);
  }
  if (member == "config") return ReadSettings(member, from, to.config);
  if (member == "refused") return ReadSettings(member, from, to.refused);
  if (member == "repeats") return ReadTruth(member, from, to.repeats);
  if (member == "exactly_once") return ReadTruth(member, from, to.exactly_once);
  if (member == "memory_mb") return ReadWhole(member, from, to.memory_mb);
  if (member == "deadline_s") return ReadWhole(member, from, to.deadline_s);
  if (member == "records") return ReadWhole(member, from, to.records.emplace());
  if (member == "key") return to.key = WriteJson(from), OkStatus();
  if (member == "value") return to.value = WriteJson(from), OkStatus();
  if (member != "required" && member != "bad") {
    return ConfigError(StrCat("\"", member, "\" is no member of a profile"));
  }
  if (!from.IsArray()) return Wrong(member, "a list");
  for (const Value& item : from.GetArray()) {
    if (member == "bad") {
      to.bad.push_back(WriteJson(item));
    } else if (item.IsString()) {
      to.required.emplace_back(JsonText(item));
    } else {
      return Wrong(member, "a list of keys");
    }
  }
  return OkStatus();
}

}  // namespace

StatusOr<std::map<std::string, Profile>> ReadProfiles(const std::string& file) {
  SLUICE_ASSIGN_OR_RETURN(const std::string text, ReadFile(file));
  const auto wrong = [&](std::string_view where, const Status& why) {
    return ConfigError(StrCat(file, where, ": ", Message(why)));
  };
  auto document = ParseJson(text);
  if (!document.ok()) return wrong("", document.status());
  if (!document->IsObject()) return ConfigError(file + ": should be an object of classes");
  std::map<std::string, Profile> profiles;
  for (const auto& [name, from] : document->GetObject()) {
    const std::string of(JsonText(name));
    if (!from.IsObject()) return wrong("", Wrong(of, "an object"));
    Profile& profile = profiles[of];
    for (const auto& [member, value] : from.GetObject()) {
      const Status read = ReadMember(std::string(JsonText(member)), value, profile);
      if (!read.ok()) return wrong(StrCat(", ", of), read);
    }
    if (profile.outage.empty() != profile.mend.empty()) {
      return wrong(StrCat(", ", of), ConfigError("\"outage\" and \"mend\" go together"));
    }
  }
  return profiles;
}

StatusOr<std::string> Expand(
    std::string_view text,
    const std::function<std::optional<std::string>(std::string_view)>& find) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = text.find("${", at);
    const size_t end = begin == std::string_view::npos ? begin : text.find('}', begin);
    if (end == std::string_view::npos) return out.append(text.substr(at));
    const std::string_view name = text.substr(begin + 2, end - begin - 2);
    const std::optional<std::string> value = find(name);
    if (!value) return ConfigError(StrCat("There is no ${", name, "}: ", text));
    out.append(text.substr(at, begin - at)).append(*value);
    at = end + 1;
  }
  return out;
}

std::string WithNumber(std::string_view json, int64_t number) {
  std::string out;
  for (size_t at = 0; at < json.size();) {
    const size_t quoted = json.find("\"${n}\"", at), bare = json.find("${n}", at);
    if (bare == std::string_view::npos) return out.append(json.substr(at));
    const bool whole = quoted + 1 == bare;
    out.append(json.substr(at, (whole ? quoted : bare) - at));
    StrAppend(out, number);
    at = whole ? quoted + 6 : bare + 4;
  }
  return out;
}

}  // namespace sluice::conformance
