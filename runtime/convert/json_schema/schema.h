// A JSON schema as a tree of rules, in the shape that Java's library gives it (everit-json-schema,
// to which Confluent's registry translates all dialects): each schema is of one kind; keywords of
// several kinds make an allOf of them. Draft 4, 6, 7, 2019-09 and 2020-12.
//
// A Document owns all of it and is immutable; any thread, but for patterns, which one thread at a
// time may match (runtime/base/java_regex.h).
#ifndef SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_SCHEMA_H_
#define SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_SCHEMA_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "runtime/abi/arena.h"
#include "runtime/base/java_regex.h"
#include "runtime/base/status.h"

namespace sluice::convert::json_schema {

inline constexpr std::string_view kSerializationException =
    "org.apache.kafka.common.errors.SerializationException";
// What is larger is refused.
inline constexpr int kSchemaDepthMax = 200;
inline constexpr size_t kSchemasMax = 50'000;

enum class Draft : uint8_t { k4, k6, k7, k2019, k2020 };

enum class Kind : uint8_t {
  kEmpty,  // anything
  kTrue,
  kFalse,
  kNull,
  kBoolean,
  kNumber,
  kString,
  kArray,
  kObject,
  kEnum,
  kConst,
  kNot,
  kConditional,
  kAllOf,
  kAnyOf,
  kOneOf,
  kReference,
};
// The class of it in Java, for messages: org.everit.json.schema.EmptySchema.
std::string ClassName(Kind kind);

struct Schema;
// A number, a text or any JSON: a node of a tree (record::JsonReader with JsonNumbers::kText).
using Node = sluice_value;

struct Pattern {
  std::string_view text;
  std::unique_ptr<JavaRegex> regex;  // whether it is anywhere in a text

  StatusOr<bool> IsIn(std::string_view where) const { return regex->Matches(where); }
};
struct NumberRules {
  bool integer = false;
  const Node* minimum = nullptr;
  const Node* maximum = nullptr;
  const Node* exclusive_minimum = nullptr;
  const Node* exclusive_maximum = nullptr;
  bool minimum_is_exclusive = false;  // draft 4
  bool maximum_is_exclusive = false;
  const Node* multiple_of = nullptr;
};
struct StringRules {
  std::optional<int64_t> min_length, max_length;
  std::optional<Pattern> pattern;
  std::string_view format;  // of those that the draft checks
};
struct ArrayRules {
  const Schema* items = nullptr;  // all of them
  std::optional<std::vector<const Schema*>> tuple;
  const Schema* additional = nullptr;  // those after the tuple
  bool permits_additional = true;
  std::optional<int64_t> min_items, max_items;
  bool unique = false;
  const Schema* contains = nullptr;
  std::optional<int64_t> min_contains, max_contains;
};
struct Property {
  std::string_view name;
  const Schema* schema;
};
struct ObjectRules {
  std::vector<Property> properties;  // in Java's order
  absl::flat_hash_map<std::string_view, const Schema*> by_name;
  std::vector<std::string_view> required;
  const Schema* additional = nullptr;
  bool permits_additional = true;
  std::vector<std::pair<Pattern, const Schema*>> patterns;
  const Schema* names = nullptr;  // propertyNames
  std::optional<int64_t> min_properties, max_properties;
  std::vector<std::pair<std::string_view, std::vector<std::string_view>>> required_with;
  std::vector<Property> schemas_with;

  const Schema* Find(std::string_view name) const;  // nullptr: there is none
  bool Requires(std::string_view name) const;
};

struct Schema {
  Kind kind = Kind::kEmpty;
  bool typed = false;      // a value of another type is wrong
  bool generated = false;  // an allOf of keywords that stand together
  std::optional<std::string_view> title, description;
  const Node* default_value = nullptr;
  const Node* keywords = nullptr;  // the JSON object, for what is no rule
  // By kind.
  std::unique_ptr<NumberRules> number = {};
  std::unique_ptr<StringRules> string = {};
  std::unique_ptr<ArrayRules> array = {};
  std::unique_ptr<ObjectRules> object = {};
  std::vector<const Node*> values = {};   // kEnum, kConst
  std::vector<const Schema*> parts = {};  // allOf, anyOf, oneOf; not; if, then, else (may be null)
  const Schema* target = nullptr;         // kReference; never null once a document is parsed
  std::string_view reference = {};        // as it is written

  // A keyword that is no rule, like connect.type; nullptr: there is none.
  const Node* Keyword(std::string_view name) const;
  std::string_view TextKeyword(std::string_view name) const;  // empty: none, or no text
  bool IsCombined() const {
    return kind == Kind::kAllOf || kind == Kind::kAnyOf || kind == Kind::kOneOf;
  }
};
// All that a schema is made of, references' targets too.
std::vector<const Schema*> PartsOf(const Schema& schema);

class Document {
 public:
  struct Dependency {
    std::string name;  // by which $ref calls it
    std::string text;
  };

  // SerializationException: no JSON, no JSON schema, too large, or a $ref that leads nowhere;
  // nothing is fetched. `ignore_modern`: later dialects are read as draft 7.
  static StatusOr<std::shared_ptr<const Document>> Parse(
      std::string_view text, const std::vector<Dependency>& dependencies,
      bool ignore_modern = false);

  const Schema& root() const { return *root_; }
  Draft draft() const { return draft_; }

 private:
  friend class Loader;
  Document() = default;

  std::deque<std::string> texts_;  // which nodes point into
  abi::Arena arena_{1024};
  std::deque<Schema> schemas_;
  const Schema* root_ = nullptr;
  Draft draft_ = Draft::k7;
};

}  // namespace sluice::convert::json_schema

#endif  // SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_SCHEMA_H_
