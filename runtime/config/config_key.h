// One configuration key as data: what REST shows as its definition, and all that parsing needs.
// Plain values.
#ifndef SLUICE_RUNTIME_CONFIG_CONFIG_KEY_H_
#define SLUICE_RUNTIME_CONFIG_CONFIG_KEY_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/config/config_map.h"

namespace sluice::config {

enum class ConfigType { kBoolean, kString, kInt, kShort, kLong, kDouble, kList, kClass, kPassword };
enum class Importance { kHigh, kMedium, kLow };
enum class Width { kNone, kShort, kMedium, kLong };
std::string_view TypeName(ConfigType type);  // BOOLEAN, ...
std::string_view ImportanceName(Importance importance);
std::string_view WidthName(Width width);

// What a value must be beyond its type. Its errors have Java's words, and begin with
// `Invalid value V for configuration K: `.
struct Validator {
  enum class Kind {
    kAny,
    kRange,            // min and max, either may be absent; null is refused
    kOneOf,            // allowed; null is refused
    kOneOfIgnoreCase,  // allowed; null is refused
    kNonEmpty,         // a text with something in it, or a list with an element; null passes
    kName,             // kNonEmpty, and no ISO control characters; null passes
    kUnique,           // a list of aliases that names none twice; null is refused
    kList,             // no element is empty, none comes twice; null is refused unless `allow_null`
    kRegex,            // a java.util.regex pattern
    kNonNull,          // null is refused
    kCustom,           // check
  };
  Kind kind = Kind::kAny;
  std::optional<double> min = {};
  std::optional<double> max = {};
  std::vector<std::string> allowed = {};
  bool allow_empty = true;  // kList
  bool allow_null = false;  // kList
  // Answers the text after `Invalid value V for configuration K: `, or nothing if the value is
  // good. Not called for null, unless `check_null`: then null is an empty text. With
  // `whole_message` the text is all that is said.
  std::function<std::optional<std::string>(std::string_view value)> check = {};
  bool check_null = false;
  bool whole_message = false;

  static Validator AtLeast(double min);
  static Validator Between(double min, double max);
  static Validator OneOf(std::vector<std::string> allowed);
  static Validator OneOfIgnoreCase(std::vector<std::string> allowed);
  static Validator NonEmpty();
  static Validator Name();
  static Validator Unique();
  static Validator List(bool allow_empty);
  static Validator Regex();
  static Validator NonNull();
  static Validator Custom(std::function<std::optional<std::string>(std::string_view value)> check);
};

// Answers the values that a form may offer, given the whole configuration; any thread.
using Recommender =
    std::function<std::vector<std::string>(std::string_view key, const ConfigMap& config)>;

struct ConfigKey {
  std::string name = {};
  ConfigType type = ConfigType::kString;
  std::optional<std::string> default_value = {};  // as text; nothing: null, or none if `required`
  bool required = false;                          // there is no default
  Validator validator = {};
  Importance importance = Importance::kMedium;
  std::string documentation = {};
  std::string group = {};  // empty: none (JSON null)
  int order_in_group = -1;
  Width width = Width::kNone;
  std::string display_name = {};  // empty: the name
  std::vector<std::string> dependents = {};
  Recommender recommender = {};  // may be empty
};

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_CONFIG_KEY_H_
