// Protobuf schemas: the messages and enums of .proto files, with their types found. A model of our
// own and not libprotobuf's descriptors, because registries hold files that those refuse and the
// original takes: options of extensions that are not imported, and entries of maps spelled out.
// Immutable once made, and may be shared between threads.
#ifndef SLUICE_RUNTIME_CONVERT_PROTOBUF_SCHEMA_H_
#define SLUICE_RUNTIME_CONVERT_PROTOBUF_SCHEMA_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/status.h"

namespace sluice::convert::protobuf {

inline constexpr std::string_view kSerializationException =
    "org.apache.kafka.common.errors.SerializationException";

// The numbers are those of FieldDescriptorProto.
enum class Type : uint8_t {
  kDouble = 1,
  kFloat = 2,
  kInt64 = 3,
  kUint64 = 4,
  kInt32 = 5,
  kFixed64 = 6,
  kFixed32 = 7,
  kBool = 8,
  kString = 9,
  kMessage = 11,
  kBytes = 12,
  kUint32 = 13,
  kEnum = 14,
  kSfixed32 = 15,
  kSfixed64 = 16,
  kSint32 = 17,
  kSint64 = 18,
};
std::string_view TypeName(Type type);  // int32, double ...
// Whether a name is that of a scalar type, and which.
bool ScalarType(std::string_view name, Type& type);

enum class Label : uint8_t { kOptional, kRequired, kRepeated };

struct File;
struct Message;

struct EnumValue {
  std::string name;
  int32_t number = 0;
};
struct Enum {
  std::string name;
  std::string full_name = {};
  std::vector<EnumValue> values = {};  // as they were declared

  const EnumValue* Find(int64_t number) const;  // the first of that number, or nullptr
};

struct Field {
  using Params = std::vector<std::pair<std::string, std::string>>;

  std::string name;
  int32_t number = 0;
  Type type = Type::kMessage;
  Label label = Label::kOptional;
  bool proto3_optional = false;
  bool has_default = false;
  int32_t oneof = -1;          // of Message::oneofs
  std::string type_name = {};  // as written; empty: a scalar
  std::string default_text = {};
  Params params = {};  // of the option (confluent.field_meta)
  const Message* parent = nullptr;
  const Message* message = nullptr;  // of type_name, once linked
  const Enum* enumeration = nullptr;

  bool repeated() const { return label == Label::kRepeated; }
  const std::string* Param(std::string_view key) const;
  // optional in proto2, where presence is the word's only meaning, or in proto3.
  bool HasOptionalKeyword() const;
};

struct Message {
  std::string name;
  std::string full_name = {};
  const File* file = nullptr;
  const Message* parent = nullptr;
  std::vector<Field> fields = {};
  std::vector<std::string> oneofs = {};  // without those that proto3's optional stands for
  std::vector<std::unique_ptr<Message>> nested = {};
  std::vector<std::unique_ptr<Enum>> enums = {};
  bool counted = true;  // in indexes of messages: not what map<> and group stand for

  const Field* Find(std::string_view field) const;
  const Field* Find(int32_t number) const;
  // An entry of a map, known by its form: XEntry { key = .., value = .. }.
  bool LooksLikeMapEntry() const;
};

struct File {
  std::string name;  // as imports call it
  std::string package = {};
  bool proto3 = false;
  std::vector<std::string> imports = {};
  std::vector<std::unique_ptr<Message>> messages = {};
  std::vector<std::unique_ptr<Enum>> enums = {};
};

// A field that holds a map's entries.
bool IsMap(const Field& field);

// A file with all that it imports.
class Schema {
 public:
  using Files = std::vector<std::unique_ptr<File>>;
  // The first file is the schema's own. SerializationException: a type that there is not, two of
  // one name, a field's number or name that is used twice.
  static StatusOr<std::shared_ptr<const Schema>> Link(Files files);

  const File& file() const { return *files_[0]; }
  // By full name, in all files; nullptr: there is none.
  const Message* Find(std::string_view full_name) const;
  // By the indexes in front of a record: of the file's messages, of that one's ... None: the first.
  // nullptr: there is none.
  const Message* At(const std::vector<int32_t>& indexes) const;
  // Those indexes of a message by its name, found as the original does: part by part, parts that
  // are no message (a package) passed over.
  std::vector<int32_t> IndexesOf(std::string_view full_name) const;

 private:
  class Linker;
  Files files_;
  std::map<std::string, const Message*, std::less<>> messages_;
  std::map<std::string, const Enum*, std::less<>> enums_;
};

struct NamedText {
  std::string_view name;
  std::string_view text;
};
// Of the text of a .proto file, or a FileDescriptorProto in base64; imports are looked for in
// `dependencies` and among the files that every registry knows (google/protobuf/...,
// google/type/..., confluent/...); one that is in neither is passed over. SerializationException:
// with line and column.
StatusOr<std::shared_ptr<const Schema>> ParseSchema(
    std::string_view text, const std::vector<NamedText>& dependencies = {});
// One file, not yet linked.
StatusOr<std::unique_ptr<File>> ParseFile(std::string_view name, std::string_view text);

// The text of a file that every registry knows; empty: it is not one of those.
std::string_view KnownFile(std::string_view import);

// A file's text, to the blank as the original writes it: the same schema must have the same id in a
// registry, whoever registers it. Of proto3 files that were made of Connect schemas.
std::string SchemaText(const File& file);

}  // namespace sluice::convert::protobuf

#endif  // SLUICE_RUNTIME_CONVERT_PROTOBUF_SCHEMA_H_
