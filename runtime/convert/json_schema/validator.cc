#include "runtime/convert/json_schema/validator.h"

#include <algorithm>
#include <charconv>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/json_members.h"
#include "runtime/convert/json_scalar.h"
#include "runtime/convert/json_schema/formats.h"
#include "runtime/convert/json_schema/json_number.h"
#include "runtime/record/json_reader.h"

namespace sluice::convert::json_schema {
namespace {

using record::kJsonNumber;

constexpr int kDepthMax = 1500;  // of schemas within schemas, for one place or its parts

int64_t CodePoints(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

class Validator {
 public:
  explicit Validator(Draft draft) : draft_(draft) {}

  // Whether it fits; if not, why not is kept where `quiet_` is 0.
  bool Fits(const Schema& schema, const Node& node) {
    if (!Step() || depth_ >= kDepthMax) return Stop();
    ++depth_;
    const bool fits = FitsByKind(schema, node);
    --depth_;
    return fits;
  }

  Status result() const {
    if (stopped_) {
      return Error(StrCat("it takes more than ", kValidationStepsMax, " steps"));
    }
    return Error(why_);
  }

 private:
  static Status Error(std::string_view why) {
    return ExceptionError(absl::StatusCode::kInvalidArgument, kSerializationException,
                          StrCat("Validation error in JSON, Error report: ", why));
  }
  bool Step() { return !stopped_ && ++steps_ <= kValidationStepsMax; }
  bool Stop() {
    stopped_ = true;
    return false;
  }
  template <typename... Pieces>
  bool Wrong(const Pieces&... pieces) {
    if (quiet_ == 0 && why_.empty()) why_ = StrCat(path_, ": ", pieces...);
    return false;
  }
  // The same without a word about what does not fit.
  bool FitsQuietly(const Schema& schema, const Node& node) {
    ++quiet_;
    const bool fits = Fits(schema, node);
    --quiet_;
    return fits;
  }
  bool FitsAt(std::string_view name, const Schema& schema, const Node& node) {
    const size_t size = path_.size();
    if (quiet_ == 0) StrAppend(path_, "/", name);
    const bool fits = Fits(schema, node);
    path_.resize(size);
    return fits;
  }
  bool FitsAt(uint32_t index, const Schema& schema, const Node& node) {
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof digits, index).ptr;
    return FitsAt(std::string_view(digits, static_cast<size_t>(end - digits)), schema, node);
  }

  bool FitsByKind(const Schema& schema, const Node& node) {
    switch (schema.kind) {
      case Kind::kEmpty:
      case Kind::kTrue:
        return true;
      case Kind::kFalse:
        return Wrong("false schema always fails");
      case Kind::kNull:
        return node.kind == SLUICE_NULL || WrongType("null", node);
      case Kind::kBoolean:
        return node.kind == SLUICE_BOOLEAN || WrongType("Boolean", node);
      case Kind::kNumber:
        return FitsNumber(schema, node);
      case Kind::kString:
        return FitsString(schema, node);
      case Kind::kArray:
        return FitsArray(schema, node);
      case Kind::kObject:
        return FitsObject(schema, node);
      case Kind::kEnum:
      case Kind::kConst:
        return FitsValues(schema, node);
      case Kind::kReference:
        return Fits(*schema.target, node);
      default:
        return FitsCombined(schema, node);
    }
  }

  bool WrongType(std::string_view expected, const Node& node) {
    return Wrong("expected type: ", expected, ", found: ", JsonNodeType(node));
  }

  bool FitsValues(const Schema& schema, const Node& node) {
    for (const Node* value : schema.values) {
      if (!Step()) return Stop();
      if (SameJson(*value, node)) return true;
    }
    return Wrong(schema.kind == Kind::kEnum ? "it is not a valid enum value"
                                            : "it is not the value of const");
  }

  bool FitsCombined(const Schema& schema, const Node& node) {
    switch (schema.kind) {
      case Kind::kNot:
        if (FitsQuietly(*schema.parts[0], node)) {
          return Wrong("subject must not be valid against schema of not");
        }
        return !stopped_;
      case Kind::kConditional: {
        const Schema* condition = schema.parts[0];
        if (condition == nullptr) return true;
        const Schema* then = FitsQuietly(*condition, node) ? schema.parts[1] : schema.parts[2];
        return then == nullptr || Fits(*then, node);
      }
      case Kind::kAllOf:
        return std::all_of(schema.parts.begin(), schema.parts.end(),
                           [&](const Schema* part) { return Fits(*part, node); });
      default:
        break;
    }
    size_t matching = 0;
    for (const Schema* part : schema.parts) {
      matching += FitsQuietly(*part, node) ? 1 : 0;
      if (matching == 1 && schema.kind == Kind::kAnyOf) return true;
    }
    if (stopped_) return false;
    if (schema.kind == Kind::kAnyOf) {
      return Wrong("no subschema matched out of the total ", schema.parts.size(), " subschemas");
    }
    return matching == 1 || Wrong(matching, " subschemas matched instead of one");
  }

  bool FitsNumber(const Schema& schema, const Node& node) {
    const NumberRules& rules = *schema.number;
    if (node.kind != kJsonNumber) {
      return !schema.typed || WrongType(rules.integer ? "Integer" : "Number", node);
    }
    const std::string_view text = abi::Text(node);
    if (rules.integer && !IsIntegralJson(node)) {
      // 1.0 is an integer since the later dialects.
      if (draft_ < Draft::k2019 || !JsonNumber(text).IsMultipleOf(JsonNumber("1"))) {
        return Wrong("expected type: Integer, found: ", text);
      }
    }
    const auto against = [&](const Node* limit) {
      return JsonNumber::Compare(JsonNumber(text), JsonNumber(abi::Text(*limit)));
    };
    if (rules.minimum != nullptr && against(rules.minimum) < (rules.minimum_is_exclusive ? 1 : 0)) {
      return Wrong(
          text,
          rules.minimum_is_exclusive ? " is not greater than " : " is not greater or equal to ",
          abi::Text(*rules.minimum));
    }
    if (rules.maximum != nullptr &&
        against(rules.maximum) > (rules.maximum_is_exclusive ? -1 : 0)) {
      return Wrong(text,
                   rules.maximum_is_exclusive ? " is not less than " : " is not less or equal to ",
                   abi::Text(*rules.maximum));
    }
    if (rules.exclusive_minimum != nullptr && against(rules.exclusive_minimum) <= 0) {
      return Wrong(text, " is not greater than ", abi::Text(*rules.exclusive_minimum));
    }
    if (rules.exclusive_maximum != nullptr && against(rules.exclusive_maximum) >= 0) {
      return Wrong(text, " is not less than ", abi::Text(*rules.exclusive_maximum));
    }
    if (rules.multiple_of != nullptr &&
        !JsonNumber(text).IsMultipleOf(JsonNumber(abi::Text(*rules.multiple_of)))) {
      return Wrong(text, " is not a multiple of ", abi::Text(*rules.multiple_of));
    }
    return true;
  }

  bool FitsString(const Schema& schema, const Node& node) {
    if (node.kind != SLUICE_STRING) return !schema.typed || WrongType("String", node);
    const StringRules& rules = *schema.string;
    const std::string_view text = abi::Text(node);
    if (rules.min_length || rules.max_length) {
      const int64_t length = CodePoints(text);
      if (rules.min_length && length < *rules.min_length) {
        return Wrong("expected minLength: ", *rules.min_length, ", actual: ", length);
      }
      if (rules.max_length && length > *rules.max_length) {
        return Wrong("expected maxLength: ", *rules.max_length, ", actual: ", length);
      }
    }
    if (rules.pattern && !IsIn(*rules.pattern, text)) {
      return Wrong("the string does not match pattern ", rules.pattern->text);
    }
    if (!rules.format.empty() && !HasFormat(text, rules.format)) {
      return Wrong("the string is not a valid ", rules.format);
    }
    return true;
  }

  bool IsIn(const Pattern& pattern, std::string_view text) {
    const StatusOr<bool> found = pattern.IsIn(text);
    return found.ok() ? *found : Stop();
  }

  bool FitsArray(const Schema& schema, const Node& node) {
    if (node.kind != SLUICE_ARRAY) return !schema.typed || WrongType("JSONArray", node);
    const ArrayRules& rules = *schema.array;
    if (rules.min_items && node.size < *rules.min_items) {
      return Wrong("expected minimum item count: ", *rules.min_items, ", found: ", node.size);
    }
    if (rules.max_items && node.size > *rules.max_items) {
      return Wrong("expected maximum item count: ", *rules.max_items, ", found: ", node.size);
    }
    if (rules.unique && !AreUnique(node)) return Wrong("array items are not unique");
    const uint32_t tuple = rules.tuple ? static_cast<uint32_t>(rules.tuple->size()) : 0;
    const bool bounded = (rules.tuple || draft_ >= Draft::k2019) && !rules.permits_additional;
    if (bounded && node.size > tuple) {
      return Wrong("expected: [", tuple, "] array items, found: [", node.size, "]");
    }
    for (uint32_t i = 0; i < node.size; ++i) {
      const Schema* part = rules.items;
      if (rules.tuple) part = i < tuple ? (*rules.tuple)[i] : rules.additional;
      if (part != nullptr && !FitsAt(i, *part, node.as.items[i])) return false;
    }
    return rules.contains == nullptr || Contains(rules, node);
  }

  bool Contains(const ArrayRules& rules, const Node& node) {
    int64_t found = 0;
    for (uint32_t i = 0; i < node.size; ++i) {
      found += FitsQuietly(*rules.contains, node.as.items[i]) ? 1 : 0;
    }
    if (stopped_) return false;
    if (found < rules.min_contains.value_or(1)) {
      return Wrong("expected at least one array item to match 'contains' schema");
    }
    if (rules.max_contains && found > *rules.max_contains) {
      return Wrong("expected at most ", *rules.max_contains, " array items to match 'contains'");
    }
    return true;
  }

  bool AreUnique(const Node& node) {
    for (uint32_t i = 0; i < node.size; ++i) {
      for (uint32_t k = 0; k < i; ++k) {
        if (!Step()) return Stop();
        if (SameJson(node.as.items[i], node.as.items[k])) return false;
      }
    }
    return true;
  }

  bool FitsObject(const Schema& schema, const Node& node) {
    if (node.kind != SLUICE_MAP) return !schema.typed || WrongType("JSONObject", node);
    const ObjectRules& rules = *schema.object;
    for (const std::string_view name : rules.required) {
      if (!Step()) return Stop();
      if (abi::Find(node, name) == nullptr) return Wrong("required key [", name, "] not found");
    }
    if (rules.min_properties && node.size < *rules.min_properties) {
      return Wrong("minimum size: [", *rules.min_properties, "], found: [", node.size, "]");
    }
    if (rules.max_properties && node.size > *rules.max_properties) {
      return Wrong("maximum size: [", *rules.max_properties, "], found: [", node.size, "]");
    }
    for (const auto& [name, others] : rules.required_with) {
      if (abi::Find(node, name) == nullptr) continue;
      for (const std::string_view other : others) {
        if (abi::Find(node, other) == nullptr) return Wrong("property [", other, "] is required");
      }
    }
    for (const Property& with : rules.schemas_with) {
      if (abi::Find(node, with.name) != nullptr && !Fits(*with.schema, node)) return false;
    }
    for (uint32_t i = 0; i < node.size; ++i) {
      if (!FitsMember(rules, node.as.entries[i])) return false;
    }
    return true;
  }

  bool FitsMember(const ObjectRules& rules, const sluice_map_entry& member) {
    const std::string_view name = abi::Text(member.key);
    if (rules.names != nullptr && !FitsAt(name, *rules.names, member.key)) return false;
    const Schema* own = rules.Find(name);
    bool known = own != nullptr;
    if (known && !FitsAt(name, *own, member.value)) return false;
    for (const auto& [pattern, schema] : rules.patterns) {
      if (!IsIn(pattern, name)) continue;
      known = true;
      if (!FitsAt(name, *schema, member.value)) return false;
    }
    if (stopped_ || known) return !stopped_;
    if (!rules.permits_additional) return Wrong("extraneous key [", name, "] is not permitted");
    return rules.additional == nullptr || FitsAt(name, *rules.additional, member.value);
  }

  const Draft draft_;
  int steps_ = 0;
  int depth_ = 0;
  int quiet_ = 0;
  bool stopped_ = false;
  std::string path_ = "#";
  std::string why_;
};

}  // namespace

Status Validate(const Document& document, const Node& node) {
  Validator validator(document.draft());
  return validator.Fits(document.root(), node) ? OkStatus() : validator.result();
}

bool SameJson(const Node& a, const Node& b) {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case SLUICE_BOOLEAN:
      return a.as.int64 == b.as.int64;
    case kJsonNumber:
      return abi::Text(a) == abi::Text(b) ||
             JsonNumber::Compare(JsonNumber(abi::Text(a)), JsonNumber(abi::Text(b))) == 0;
    case SLUICE_STRING:
      return abi::Text(a) == abi::Text(b);
    case SLUICE_ARRAY:
      return a.size == b.size && std::equal(a.as.items, a.as.items + a.size, b.as.items, SameJson);
    case SLUICE_MAP: {
      if (a.size != b.size) return false;
      JsonMembers members(b);
      return std::all_of(a.as.entries, a.as.entries + a.size, [&](const sluice_map_entry& entry) {
        const Node* other = members.Find(abi::Text(entry.key));
        return other != nullptr && SameJson(entry.value, *other);
      });
    }
    default:
      return true;
  }
}

}  // namespace sluice::convert::json_schema
