#include "runtime/convert/json_schema/compatibility.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/json_schema/connect_names.h"
#include "runtime/convert/json_schema/json_number.h"
#include "runtime/convert/json_schema/validator.h"

namespace sluice::convert::json_schema {
namespace {

constexpr int kStepsMax = 1'000'000;
constexpr int kDepthMax = 500;
constexpr size_t kPartsMax = 2000;  // of an allOf, anyOf or oneOf

const Schema& Target(const Schema& schema) {
  const Schema* target = &schema;
  while (target->kind == Kind::kReference) target = target->target;
  return *target;
}

bool IsEmpty(const Schema& schema) {
  return schema.kind == Kind::kEmpty || schema.kind == Kind::kTrue;
}

// In Java they are of one class.
bool OfOneClass(const Schema& a, const Schema& b) {
  return a.kind == b.kind || (a.IsCombined() && b.IsCombined());
}

bool IsOpen(const ObjectRules& rules) {
  return rules.permits_additional && rules.additional == nullptr && rules.patterns.empty();
}
bool IsOpen(const ArrayRules& rules) {
  return rules.permits_additional && rules.additional == nullptr;
}

// What an object that is neither open nor closed wants of a property.
const Schema* PartlyOpen(const ObjectRules& rules, std::string_view property) {
  for (const auto& [pattern, schema] : rules.patterns) {
    const auto found = pattern.IsIn(property);
    if (found.ok() && *found) return schema;
  }
  return rules.additional;
}

std::vector<const Schema*> Distinct(const std::vector<const Schema*>& parts) {
  std::vector<const Schema*> distinct;
  for (const Schema* part : parts) {
    const bool known = std::any_of(distinct.begin(), distinct.end(), [&](const Schema* other) {
      return part->keywords != nullptr && other->keywords != nullptr &&
             SameJson(*part->keywords, *other->keywords);
    });
    if (!known) distinct.push_back(part);
  }
  return distinct;
}

// How many pairs can be made, each of two that fit, and none in two pairs.
class Matching {
 public:
  explicit Matching(const std::vector<std::vector<size_t>>& fitting, size_t others)
      : fitting_(fitting), of_(others, kNone) {}
  size_t Count() {
    size_t count = 0;
    for (size_t one = 0; one < fitting_.size(); ++one) {
      tried_.clear();
      if (Find(one)) ++count;
    }
    return count;
  }

 private:
  static constexpr size_t kNone = static_cast<size_t>(-1);
  // In depth no more than there are parts.
  bool Find(size_t one) {
    for (const size_t other : fitting_[one]) {
      if (!tried_.insert(other).second) continue;
      if (of_[other] == kNone || Find(of_[other])) {
        of_[other] = one;
        return true;
      }
    }
    return false;
  }

  const std::vector<std::vector<size_t>>& fitting_;
  std::vector<size_t> of_;
  std::set<size_t> tried_;
};

class Comparer {
 public:
  // Types that contain themselves are taken to be compatible where they meet themselves; as long as
  // that turns out to be wrong for some, it is tried again with those known.
  std::optional<std::string> Compare(const Schema& original, const Schema& update) {
    while (true) {
      known_.clear();
      assumed_ = false;
      path_ = "#";
      why_.clear();
      const bool fine = Fits(&original, &update);
      if (stopped_) return "the schemas are too large to be compared";
      std::set<Pair> wrong;
      for (const auto& [pair, state] : known_) {
        if (state == State::kWrong) wrong.insert(pair);
      }
      if (!assumed_ || wrong == wrong_) {
        return fine ? std::nullopt : std::optional<std::string>(why_);
      }
      wrong_ = std::move(wrong);
    }
  }

 private:
  using Pair = std::pair<const Schema*, const Schema*>;
  enum class State { kOpen, kFine, kWrong };

  bool Wrong(std::string_view what) {
    if (quiet_ == 0 && why_.empty()) why_ = StrCat(path_, ": ", what);
    return false;
  }
  bool FitsQuietly(const Schema* original, const Schema* update) {
    ++quiet_;
    const bool fits = Fits(original, update);
    --quiet_;
    return fits;
  }
  bool FitsAt(std::string_view name, const Schema* original, const Schema* update) {
    const size_t size = path_.size();
    StrAppend(path_, "/", name);
    const bool fits = Fits(original, update);
    path_.resize(size);
    return fits;
  }

  bool Fits(const Schema* original, const Schema* update) {
    if (update == nullptr) return true;
    if (original == nullptr) return Wrong("the reader has a schema where the writer has none");
    if (stopped_ || ++steps_ > kStepsMax || depth_ >= kDepthMax) {
      stopped_ = true;
      return false;
    }
    const Pair pair{&Target(*original), &Target(*update)};
    const auto [known, fresh] = known_.emplace(pair, State::kOpen);
    if (!fresh) {
      if (known->second == State::kOpen) {
        if (wrong_.contains(pair)) return Wrong("a type that contains itself has changed");
        assumed_ = true;
        return true;
      }
      return known->second == State::kFine || Wrong("it has changed, as elsewhere");
    }
    ++depth_;
    const bool fine = FitsType(*pair.first, *pair.second);
    --depth_;
    known->second = fine ? State::kFine : State::kWrong;
    return fine;
  }

  bool FitsType(const Schema& original, const Schema& update) {
    if (!original.IsCombined() && update.IsCombined()) {
      if (update.parts.size() == 1 || update.kind != Kind::kAllOf) {
        for (const Schema* part : update.parts) {
          if (FitsQuietly(&original, part)) return true;
        }
      }
    } else if (original.IsCombined() && !update.IsCombined()) {
      if (original.parts.size() == 1 || original.kind == Kind::kAllOf) {
        for (const Schema* part : original.parts) {
          if (FitsQuietly(part, &update)) return true;
        }
      }
    }
    if (!OfOneClass(original, update)) {
      if (original.kind == Kind::kFalse || IsEmpty(update)) return true;
      // A decimal that was text and is a number, or the other way round.
      if (original.TextKeyword(kConnectType) == kBytesType &&
          update.TextKeyword(kConnectType) == kBytesType) {
        return true;
      }
      return Wrong("the type has changed");
    }
    return FitsRules(original, update);
  }

  bool FitsRules(const Schema& original, const Schema& update) {
    switch (original.kind) {
      case Kind::kString:
        return FitsString(*original.string, *update.string);
      case Kind::kNumber:
        return FitsNumber(*original.number, *update.number);
      case Kind::kConst:
      case Kind::kEnum:
        return FitsValues(original, update);
      case Kind::kNot:
        return FitsQuietly(update.parts[0], original.parts[0]) || Wrong("not forbids more");
      case Kind::kObject:
        return FitsObject(*original.object, *update.object);
      case Kind::kArray:
        return FitsArray(*original.array, *update.array);
      case Kind::kAllOf:
      case Kind::kAnyOf:
      case Kind::kOneOf:
        return FitsCombined(original, update);
      default:
        return true;
    }
  }

  bool FitsMax(std::string_view keyword, std::optional<int64_t> original,
               std::optional<int64_t> update) {
    if (!update || (original && *original <= *update)) return true;
    return Wrong(StrCat(keyword, original ? " was decreased" : " was added"));
  }
  bool FitsMin(std::string_view keyword, std::optional<int64_t> original,
               std::optional<int64_t> update) {
    if (!update || (original && *original >= *update)) return true;
    return Wrong(StrCat(keyword, original ? " was increased" : " was added"));
  }
  // `sign`: -1 where a smaller limit allows less.
  bool FitsLimit(std::string_view keyword, const Node* original, const Node* update, int sign) {
    if (update == nullptr) return true;
    if (original == nullptr) return Wrong(StrCat(keyword, " was added"));
    const double before = JsonNumber(abi::Text(*original)).approximate();
    const double after = JsonNumber(abi::Text(*update)).approximate();
    return (after - before) * sign <= 0 || Wrong(StrCat(keyword, " allows less"));
  }

  bool FitsString(const StringRules& original, const StringRules& update) {
    if (!FitsMax("maxLength", original.max_length, update.max_length) ||
        !FitsMin("minLength", original.min_length, update.min_length)) {
      return false;
    }
    if (!update.pattern) return true;
    if (!original.pattern) return Wrong("pattern was added");
    return original.pattern->text == update.pattern->text || Wrong("pattern was changed");
  }

  bool FitsNumber(const NumberRules& original, const NumberRules& update) {
    if (!FitsLimit("maximum", original.maximum, update.maximum, -1) ||
        !FitsLimit("minimum", original.minimum, update.minimum, 1) ||
        !FitsLimit("exclusiveMaximum", original.exclusive_maximum, update.exclusive_maximum, -1) ||
        !FitsLimit("exclusiveMinimum", original.exclusive_minimum, update.exclusive_minimum, 1)) {
      return false;
    }
    if (update.multiple_of != nullptr) {
      if (original.multiple_of == nullptr) return Wrong("multipleOf was added");
      const JsonNumber before(abi::Text(*original.multiple_of));
      if (!before.IsMultipleOf(JsonNumber(abi::Text(*update.multiple_of)))) {
        return Wrong("multipleOf was changed");
      }
    }
    return original.integer || !update.integer || Wrong("the type was narrowed");
  }

  bool FitsValues(const Schema& original, const Schema& update) {
    const bool all =
        std::all_of(original.values.begin(), original.values.end(), [&](const Node* value) {
          return std::any_of(update.values.begin(), update.values.end(),
                             [&](const Node* other) { return SameJson(*value, *other); });
        });
    return all || Wrong("the values of enum or const were changed");
  }

  bool FitsCombined(const Schema& original, const Schema& update) {
    const bool one_was = original.parts.size() == 1, one_is = update.parts.size() == 1;
    if (original.kind != update.kind && update.kind != Kind::kAnyOf && !(one_was && one_is) &&
        !(one_was && update.kind == Kind::kOneOf) && !(one_is && original.kind == Kind::kAllOf)) {
      return Wrong("allOf, anyOf or oneOf has become another of them");
    }
    if (original.parts.size() > kPartsMax || update.parts.size() > kPartsMax) {
      stopped_ = true;
      return false;
    }
    const auto before = Distinct(original.parts), after = Distinct(update.parts);
    if (before.size() < after.size() && update.kind == Kind::kAllOf) {
      return Wrong("allOf was extended");
    }
    if (before.size() > after.size() && original.kind != Kind::kAllOf) {
      return Wrong("anyOf or oneOf was narrowed");
    }
    std::vector<std::vector<size_t>> fitting(before.size());
    for (size_t i = 0; i < before.size(); ++i) {
      for (size_t k = 0; k < after.size(); ++k) {
        if (FitsQuietly(before[i], after[k])) fitting[i].push_back(k);
      }
    }
    const size_t pairs = Matching(fitting, after.size()).Count();
    return pairs >= std::min(before.size(), after.size()) ||
           Wrong("the parts of allOf, anyOf or oneOf were changed");
  }

  // ---- Objects

  bool FitsObject(const ObjectRules& original, const ObjectRules& update) {
    for (const Property& property : original.properties) {
      const Schema* now = update.Find(property.name);
      if (now != nullptr && !original.Requires(property.name) && update.Requires(property.name) &&
          now->default_value == nullptr) {
        return Wrong(StrCat("property ", property.name, " has become required"));
      }
    }
    for (const Property& property : original.properties) {
      const Schema* now = update.Find(property.name);
      if (now != nullptr ? !FitsAt(property.name, property.schema, now)
                         : !FitsRemoved(property, update)) {
        return false;
      }
    }
    for (const Property& property : update.properties) {
      if (original.Find(property.name) == nullptr && !FitsAdded(property, original, update)) {
        return false;
      }
    }
    return FitsDependencies(original, update) &&
           FitsRest("additionalProperties", original.permits_additional, original.additional,
                    update.permits_additional, update.additional) &&
           FitsMax("maxProperties", original.max_properties, update.max_properties) &&
           FitsMin("minProperties", original.min_properties, update.min_properties);
  }

  bool FitsRemoved(const Property& property, const ObjectRules& update) {
    if (IsOpen(update)) return true;
    if (const Schema* partly = PartlyOpen(update, property.name)) {
      return FitsAt(property.name, property.schema, partly);
    }
    return property.schema->kind == Kind::kFalse ||
           Wrong(StrCat("property ", property.name, " was removed, and others are not allowed"));
  }

  bool FitsAdded(const Property& property, const ObjectRules& original, const ObjectRules& update) {
    if (IsOpen(original)) {
      return IsEmpty(*property.schema) ||
             Wrong(StrCat("property ", property.name,
                          " was added, and the writer may have written another of this name"));
    }
    const Schema* partly = PartlyOpen(original, property.name);
    if (partly != nullptr && !FitsAt(property.name, partly, property.schema)) return false;
    return !update.Requires(property.name) || property.schema->default_value != nullptr ||
           Wrong(StrCat("required property ", property.name, " was added without a default"));
  }

  bool FitsRest(std::string_view keyword, bool permitted, const Schema* original, bool permits,
                const Schema* update) {
    if (permitted != permits) return permits || Wrong(StrCat(keyword, " was forbidden"));
    if (update == nullptr) return true;
    if (original == nullptr) return Wrong(StrCat(keyword, " was narrowed"));
    return FitsAt(keyword, original, update);
  }

  bool FitsDependencies(const ObjectRules& original, const ObjectRules& update) {
    for (const auto& [name, others] : update.required_with) {
      const auto before =
          std::find_if(original.required_with.begin(), original.required_with.end(),
                       [&name = name](const auto& one) { return one.first == name; });
      const bool fits = before != original.required_with.end() &&
                        std::all_of(others.begin(), others.end(), [&](std::string_view other) {
                          return std::find(before->second.begin(), before->second.end(), other) !=
                                 before->second.end();
                        });
      if (!fits) return Wrong(StrCat("the dependencies of ", name, " were extended"));
    }
    for (const Property& with : update.schemas_with) {
      const auto before = std::find_if(original.schemas_with.begin(), original.schemas_with.end(),
                                       [&](const Property& one) { return one.name == with.name; });
      if (before == original.schemas_with.end()) {
        return Wrong(StrCat("a dependency of ", with.name, " was added"));
      }
      if (!FitsAt(with.name, before->schema, with.schema)) return false;
    }
    return true;
  }

  // ---- Arrays

  bool FitsArray(const ArrayRules& original, const ArrayRules& update) {
    if (!FitsAt("items", original.items, update.items) || !FitsTuple(original, update) ||
        !FitsRest("additionalItems", original.permits_additional, original.additional,
                  update.permits_additional, update.additional)) {
      return false;
    }
    if (update.unique && !original.unique) return Wrong("uniqueItems was added");
    return FitsMax("maxItems", original.max_items, update.max_items) &&
           FitsMin("minItems", original.min_items, update.min_items) &&
           FitsMax("maxContains", original.max_contains, update.max_contains) &&
           FitsMin("minContains", original.min_contains, update.min_contains);
  }

  bool FitsTuple(const ArrayRules& original, const ArrayRules& update) {
    static const std::vector<const Schema*> kNothing;
    const auto& before = original.tuple ? *original.tuple : kNothing;
    const auto& after = update.tuple ? *update.tuple : kNothing;
    const size_t both = std::min(before.size(), after.size());
    for (size_t i = 0; i < both; ++i) {
      if (!FitsAt(StrCat("items/", i), before[i], after[i])) return false;
    }
    for (size_t i = both; i < before.size(); ++i) {
      if (IsOpen(update)) continue;
      if (update.additional != nullptr) {
        if (!FitsAt(StrCat("items/", i), before[i], update.additional)) return false;
      } else if (before[i]->kind != Kind::kFalse) {
        return Wrong(StrCat("item ", i, " was removed, and more are not allowed"));
      }
    }
    for (size_t i = both; i < after.size(); ++i) {
      if (IsOpen(original)) {
        if (!IsEmpty(*after[i])) return Wrong(StrCat("item ", i, " was added"));
      } else if (original.additional != nullptr &&
                 !FitsAt(StrCat("items/", i), original.additional, after[i])) {
        return false;
      }
    }
    return true;
  }

  std::map<Pair, State> known_;
  std::set<Pair> wrong_;
  bool assumed_ = false;
  bool stopped_ = false;
  int steps_ = 0;
  int depth_ = 0;
  int quiet_ = 0;
  std::string path_;
  std::string why_;
};

}  // namespace

std::optional<std::string> WhyNotReadable(const Document& reader, const Document& writer) {
  return Comparer().Compare(writer.root(), reader.root());
}

}  // namespace sluice::convert::json_schema
