// Confluent's ExtractTopic: the topic's name is the key, the value, a field of one of them, which
// a JSON path may name, or a header.
#include <charconv>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/record/value.h"
#include "runtime/transform/community/community.h"

namespace sluice::transform {
namespace {

using config::ConfigType;
using config::Importance;

constexpr std::string_view kName = "io.confluent.connect.transforms.ExtractTopic";

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = [] {
    config::ConfigKey format =
        OptionalKey("field.format", ConfigType::kString, "PLAIN", Importance::kMedium,
                    "How `field` names it: PLAIN, one name; JSON_PATH, $[\"a\"][\"b\"] or $.a.b.");
    format.validator = config::Validator::OneOf({"PLAIN", "JSON_PATH"});
    return new config::ConfigDef(
        {OptionalKey("field", ConfigType::kString, "", Importance::kMedium,
                     "The field, or with $Header the header, with the topic's name. Empty: the "
                     "whole key or value."),
         format,
         OptionalKey("skip.missing.or.null", ConfigType::kBoolean, "false", Importance::kLow,
                     "Whether a record without it passes as it is.")});
  }();
  return *definition;
}

// One step down: a name, or a place in a list.
struct Step {
  std::string name;
  std::optional<uint32_t> index;
};

Status BadPath(std::string_view path, size_t at, std::string_view expected) {
  return ConfigError(StrCat("Invalid value ", path,
                            " for configuration field: not a JSON path that names one field: ",
                            expected, " expected at position ", at));
}

// $.a.b, $["a"][0], ['a']: those paths that name one thing.
StatusOr<std::vector<Step>> ParsePath(std::string_view path) {
  std::vector<Step> steps;
  size_t at = path.starts_with('$') ? 1 : 0;
  while (at < path.size()) {
    if (path[at] == '.') {
      const size_t end = std::min(path.find_first_of(".[", at + 1), path.size());
      const std::string_view name = path.substr(at + 1, end - at - 1);
      if (name.empty() || name == "*") return BadPath(path, at + 1, "a name");
      steps.push_back({std::string(name), std::nullopt});
      at = end;
      continue;
    }
    if (path[at] != '[') return BadPath(path, at, "'.' or '['");
    const char quote = at + 1 < path.size() ? path[at + 1] : '\0';
    if (quote == '"' || quote == '\'') {
      const size_t end = path.find(quote, at + 2);
      if (end == std::string_view::npos || path.substr(end + 1, 1) != "]") {
        return BadPath(path, at + 1, "a name in quotes and ']'");
      }
      steps.push_back({std::string(path.substr(at + 2, end - at - 2)), std::nullopt});
      at = end + 2;
      continue;
    }
    uint32_t index = 0;
    const char* first = path.data() + at + 1;
    const auto [end, error] = std::from_chars(first, path.data() + path.size(), index);
    if (error != std::errc() || end == path.data() + path.size() || *end != ']') {
      return BadPath(path, at + 1, "a name in quotes, or a number, and ']'");
    }
    steps.push_back({"", index});
    at = static_cast<size_t>(end - path.data()) + 1;
  }
  if (steps.empty()) return BadPath(path, at, "a name");
  return steps;
}

enum class From { kKey, kValue, kHeader };

class ExtractTopic : public Transform {
 public:
  ExtractTopic(From from, std::vector<Step> path, const config::ParsedConfig& parsed)
      : class_name_(StrCat(kName, Variant(from))),
        from_(from),
        field_(parsed.Text("field")),
        path_(std::move(path)),
        skip_(parsed.Bool("skip.missing.or.null")) {}
  std::string_view class_name() const override { return class_name_; }

  StatusOr<bool> Apply(sluice_record& record, BatchMemory&) override {
    const sluice_value* found = nullptr;
    if (from_ == From::kHeader) {
      for (size_t i = 0; i < record.header_count; ++i) {  // the last one counts
        if (abi::View(record.headers[i].key) == field_) found = &record.headers[i].value;
      }
    } else {
      SLUICE_ASSIGN_OR_RETURN(found, Walk(from_ == From::kKey ? record.key : record.value));
    }
    if (found == nullptr || found->kind == SLUICE_NULL ||
        (found->kind == SLUICE_STRING && found->size == 0)) {
      if (skip_) return true;
      return RecordError(StrCat(Place(), " is missing, null or empty, and no topic's name"),
                         record);
    }
    if (found->kind != SLUICE_STRING) {
      return RecordError(StrCat(Place(), " must be a string to be a topic's name, and is a ",
                                record::JavaClassName(*found)),
                         record);
    }
    record.topic = abi::Str(abi::Text(*found));
    return true;
  }

 private:
  static std::string_view Variant(From from) {
    if (from == From::kHeader) return "$Header";
    return from == From::kKey ? "$Key" : "$Value";
  }
  std::string Place() const {
    const std::string_view what = from_ == From::kHeader ? "Header '"
                                  : from_ == From::kKey  ? "Key field '"
                                                         : "Value field '";
    if (field_.empty()) return from_ == From::kKey ? "The key" : "The value";
    return StrCat(what, field_, "'");
  }

  // nullptr: there is none.
  StatusOr<const sluice_value*> Walk(const sluice_value& start) const {
    const sluice_value* at = &start;
    for (const Step& step : path_) {
      if (at == nullptr || at->kind == SLUICE_NULL) return nullptr;
      if (step.index) {
        if (at->kind != SLUICE_ARRAY) return nullptr;
        at = *step.index < at->size ? &at->as.items[*step.index] : nullptr;
      } else if (at->kind == SLUICE_STRUCT) {
        at = NamedField(*at->as.structure, step.name);
      } else {
        SLUICE_RETURN_IF_ERROR(RequireMap(*at, "topic extraction"));
        at = abi::Find(*at, step.name);
      }
    }
    return at;
  }

  const std::string class_name_;
  const From from_;
  const std::string field_;
  const std::vector<Step> path_;
  const bool skip_;
};

template <From from>
StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  const std::string& field = parsed.Text("field");
  std::vector<Step> path;
  if (from == From::kHeader && field.empty()) {
    return ConfigError("Invalid value  for configuration field: $Header needs a header's key");
  }
  if (from != From::kHeader && parsed.Text("field.format") == "JSON_PATH" && !field.empty()) {
    SLUICE_ASSIGN_OR_RETURN(path, ParsePath(field));
  } else if (!field.empty()) {
    path.push_back({field, std::nullopt});
  }
  return std::make_unique<ExtractTopic>(from, std::move(path), parsed);
}

}  // namespace

void AddFieldTopic(std::vector<TransformClass>& classes) {
  classes.push_back({StrCat(kName, "$Key"), &Definition(), &Make<From::kKey>});
  classes.push_back({StrCat(kName, "$Value"), &Definition(), &Make<From::kValue>});
  classes.push_back({StrCat(kName, "$Header"), &Definition(), &Make<From::kHeader>});
}

}  // namespace sluice::transform
