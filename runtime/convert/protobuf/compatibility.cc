#include "runtime/convert/protobuf/compatibility.h"

#include <set>
#include <utility>

#include "runtime/base/text.h"

namespace sluice::convert::protobuf {
namespace {

using Reason = std::optional<std::string>;

enum class Kind { kMessage, kMap, kNumber, kSigned, kText, kFixed32, kFixed64, kFloat, kDouble };

// Types of one kind can be read as each other.
Kind KindOf(const Field& field) {
  switch (field.type) {
    case Type::kMessage:
      return IsMap(field) ? Kind::kMap : Kind::kMessage;
    case Type::kSint32:
    case Type::kSint64:
      return Kind::kSigned;
    case Type::kString:
    case Type::kBytes:
      return Kind::kText;
    case Type::kFixed32:
    case Type::kSfixed32:
      return Kind::kFixed32;
    case Type::kFixed64:
    case Type::kSfixed64:
      return Kind::kFixed64;
    case Type::kFloat:
      return Kind::kFloat;
    case Type::kDouble:
      return Kind::kDouble;
    default:
      return Kind::kNumber;
  }
}

std::string TypeText(const Field& field) {
  if (field.message != nullptr) return field.message->full_name;
  return field.enumeration != nullptr ? field.enumeration->full_name
                                      : std::string(TypeName(field.type));
}

// What a message is called in its package.
std::string_view LocalName(const Message& message) {
  std::string_view name = message.full_name;
  const std::string& package = message.file->package;
  if (!package.empty()) name.remove_prefix(package.size() + 1);
  return name;
}

class Comparison {
 public:
  Reason Files(const File& writer, const File& reader) {
    if (writer.package != reader.package) {
      return StrCat("the package changed from '", writer.package, "' to '", reader.package, "'");
    }
    return Types(writer.messages, reader.messages);
  }

 private:
  using Messages = std::vector<std::unique_ptr<Message>>;

  Reason Types(const Messages& writer, const Messages& reader) {
    for (const auto& message : writer) {
      const Message* other = nullptr;
      for (const auto& one : reader) {
        if (one->name == message->name) other = one.get();
      }
      if (other == nullptr) {
        if (message->LooksLikeMapEntry()) continue;
        return StrCat("the message ", message->full_name, " was removed");
      }
      if (Reason why = Fields(*message, *other)) return why;
    }
    return std::nullopt;
  }

  Reason Fields(const Message& writer, const Message& reader) {
    if (!compared_.insert({&writer, &reader}).second) return std::nullopt;
    if (Reason why = Oneofs(writer, reader)) return why;
    for (const Field& field : writer.fields) {
      const Field* other = reader.Find(field.number);
      Reason why = other == nullptr ? Removed(field, reader) : Changed(field, *other);
      if (why) return why;
    }
    for (const Field& field : reader.fields) {
      if (field.label == Label::kRequired && writer.Find(field.number) == nullptr) {
        return StrCat("the required field ", Place(field), " was added");
      }
    }
    return Types(writer.nested, reader.nested);
  }

  static std::string Place(const Field& field) {
    return StrCat(field.parent->full_name, ".", field.name, " (", field.number, ")");
  }

  // Fields that could be set together before must not exclude each other now.
  static Reason Oneofs(const Message& writer, const Message& reader) {
    for (size_t i = 0; i < reader.oneofs.size(); ++i) {
      std::set<int32_t> groups;  // a oneof of the writer, or minus a field's number
      for (const Field& field : reader.fields) {
        if (field.oneof != static_cast<int32_t>(i)) continue;
        const Field* before = writer.Find(field.number);
        if (before != nullptr) groups.insert(before->oneof >= 0 ? before->oneof : -field.number);
      }
      if (groups.size() > 1) {
        return StrCat("fields were moved to the oneof ", reader.full_name, ".", reader.oneofs[i]);
      }
    }
    return std::nullopt;
  }

  static Reason Removed(const Field& field, const Message& reader) {
    if (field.label == Label::kRequired) {
      return StrCat("the required field ", Place(field), " was removed");
    }
    if (field.oneof < 0) return std::nullopt;
    // The whole oneof may go.
    const std::string& oneof = field.parent->oneofs[static_cast<size_t>(field.oneof)];
    bool stays = false;
    for (const std::string& one : reader.oneofs) stays = stays || one == oneof;
    for (const Field& other : field.parent->fields) {
      stays = stays || (other.oneof == field.oneof && reader.Find(other.number) != nullptr);
    }
    if (!stays) return std::nullopt;
    return StrCat("the field ", Place(field), " was removed from the oneof ", oneof);
  }

  Reason Changed(const Field& writer, const Field& reader) {
    const Kind kind = KindOf(writer);
    if (kind != KindOf(reader)) {
      return StrCat("the field ", Place(writer), " changed from ", TypeText(writer), " to ",
                    TypeText(reader));
    }
    if (kind == Kind::kMessage) return Named(writer, reader);
    if (kind == Kind::kMap) {
      for (size_t i = 0; i < 2; ++i) {
        if (Reason why = Changed(writer.message->fields[i], reader.message->fields[i])) return why;
      }
      return std::nullopt;
    }
    if (kind != Kind::kText && HasLabel(writer) && HasLabel(reader) &&
        writer.label != reader.label) {
      return StrCat("the number ", Place(writer), " changed its label");
    }
    return std::nullopt;
  }

  static bool HasLabel(const Field& field) {
    return field.repeated() || field.proto3_optional ||
           (!field.parent->file->proto3 && field.oneof < 0);
  }

  Reason Named(const Field& writer, const Field& reader) {
    if (LocalName(*writer.message) != LocalName(*reader.message)) {
      return StrCat("the field ", Place(writer), " changed from ", TypeText(writer), " to ",
                    TypeText(reader));
    }
    return Fields(*writer.message, *reader.message);
  }

  std::set<std::pair<const Message*, const Message*>> compared_;
};

}  // namespace

std::optional<std::string> WhyNotReadable(const Schema& reader, const Schema& writer) {
  return Comparison().Files(writer.file(), reader.file());
}

}  // namespace sluice::convert::protobuf
