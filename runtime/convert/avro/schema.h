// Avro schemas as a graph: parsed from the JSON of a registry, or made from a Connect schema, and
// written as Avro's own Java library writes them, because registries compare texts. Immutable once
// made; any thread.
#ifndef SLUICE_RUNTIME_CONVERT_AVRO_SCHEMA_H_
#define SLUICE_RUNTIME_CONVERT_AVRO_SCHEMA_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/json.h"
#include "runtime/base/status.h"

namespace sluice::convert::avro {

inline constexpr std::string_view kSerializationException =
    "org.apache.kafka.common.errors.SerializationException";
inline constexpr std::string_view kNamespace = "io.confluent.connect.avro";

enum class Type : uint8_t {
  kNull,
  kBoolean,
  kInt,
  kLong,
  kFloat,
  kDouble,
  kBytes,
  kString,
  kRecord,
  kEnum,
  kArray,
  kMap,
  kUnion,
  kFixed
};
std::string_view TypeName(Type type);  // null, boolean, ..., record

struct Schema;
// What Avro does not know, in its order; values live in the document.
using Props = std::vector<std::pair<std::string, const rapidjson::Value*>>;

struct Field {
  std::string name;
  const Schema* schema = nullptr;
  std::optional<std::string> doc = {};
  const rapidjson::Value* default_value = nullptr;  // null: none
  std::string order = {};                           // empty: ascending
  std::vector<std::string> aliases = {};
  Props props = {};
};

struct Schema {
  Type type = Type::kNull;
  std::string name, space;  // of records, enums and fixed
  std::optional<std::string> doc;
  std::vector<std::string> aliases;  // full names
  std::vector<Field> fields;
  std::vector<std::string> symbols;
  std::optional<std::string> enum_default;
  const Schema* items = nullptr;  // of an array; a map's values
  std::vector<const Schema*> branches;
  int32_t size = 0;  // of a fixed
  Props props;

  bool named() const {
    return type == Type::kRecord || type == Type::kEnum || type == Type::kFixed;
  }
  std::string full_name() const { return space.empty() ? name : space + "." + name; }
  const rapidjson::Value* Prop(std::string_view key) const;  // nullptr: none
  std::string_view TextProp(std::string_view key) const;     // empty: none, or no text
  const Field* FindField(std::string_view field) const;
};

// A schema and all that it refers to.
class Document {
 public:
  Document() = default;
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  const Schema* root() const { return root_; }
  void SetRoot(const Schema* root) { root_ = root; }
  Schema* New(Type type);
  // For defaults and properties that are made here.
  rapidjson::Value* NewValue();
  rapidjson::Document::AllocatorType& allocator() { return made_.GetAllocator(); }

 private:
  friend class Parser;
  std::deque<Schema> schemas_;
  std::deque<rapidjson::Document> texts_;
  std::deque<rapidjson::Value> values_;
  rapidjson::Document made_;
  std::map<std::string, const Schema*, std::less<>> named_;
  const Schema* root_ = nullptr;
};

// Deeper JSON is refused.
inline constexpr size_t kSchemaDepthMax = 500;

// `dependencies`: texts of schemas that `text` refers to by name, those that they need first.
// DataException: it is no JSON, or no Avro schema; names the type or field.
StatusOr<std::shared_ptr<const Document>> ParseSchema(
    std::string_view text, const std::vector<std::string_view>& dependencies = {});

// Compact JSON, members in Java's order. A named type is written once and then by its name.
// DataException: two different types have one name.
StatusOr<std::string> SchemaText(const Schema& schema);

// Whether a field of `schema` may have this default.
bool IsValidDefault(const Schema& schema, const rapidjson::Value& value);

// Whether data written with `writer` can be read with `reader`, by the rules of Avro's schema
// resolution. Nothing: yes; else why not.
std::optional<std::string> WhyNotReadable(const Schema& reader, const Schema& writer);
// Numbers, strings and bytes: a writer's type that a reader takes.
bool IsPromotable(Type writer, Type reader);
// Whether the names of two named types agree, also by the reader's aliases; in a union only full
// names do, else also what stands behind the last point.
bool NamesMatch(const Schema& writer, const Schema& reader);
// The reader's branch for what `writer` is: the same type or name first, then one that it can be
// promoted to; -1: none.
int MatchBranch(const Schema& writer, const Schema& reader_union);

}  // namespace sluice::convert::avro

#endif  // SLUICE_RUNTIME_CONVERT_AVRO_SCHEMA_H_
