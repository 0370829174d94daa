#include "runtime/convert/json_read.h"

#include <charconv>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/record/calendar.h"
#include "runtime/record/decimal.h"
#include "runtime/record/json_reader.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::convert {
namespace {

using record::kJsonMissing;
using record::kJsonNumber;
using record::Logical;

std::string_view NodeType(const sluice_value& node) {
  switch (node.kind) {
    case SLUICE_NULL:
      return "NULL";
    case SLUICE_BOOLEAN:
      return "BOOLEAN";
    case SLUICE_STRING:
      return "STRING";
    case SLUICE_ARRAY:
      return "ARRAY";
    case SLUICE_MAP:
      return "OBJECT";
    case kJsonNumber:
      return "NUMBER";
    default:
      return "MISSING";
  }
}

bool IsIntegral(const sluice_value& node) {
  return node.kind == kJsonNumber && node.reserved[0] == 0;
}

// longValue: what is no number is 0.
int64_t LongOf(const sluice_value& node) {
  if (node.kind != kJsonNumber) return 0;
  const std::string_view text = abi::Text(node);
  if (node.reserved[0] == 0 && text.size() <= 18) {
    int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
  }
  return record::NumberTextToInt64(text);
}

// Jackson's isInt: a whole number that fits 32 bits.
bool IsInt(const sluice_value& node, int64_t& number) {
  if (!IsIntegral(node)) return false;
  const std::optional<int64_t> whole = record::WholeNumber(abi::Text(node));
  if (!whole || *whole != static_cast<int32_t>(*whole)) return false;
  number = *whole;
  return true;
}

class ValueReader {
 public:
  ValueReader(JsonReadOptions options, abi::Arena& arena) : options_(options), arena_(arena) {}

  StatusOr<sluice_value> Read(const sluice_schema* schema, const sluice_value& node) {
    if (schema == nullptr) return ReadSchemaless(node);
    if (node.kind == SLUICE_NULL) {
      if (schema->default_value != nullptr && options_.replace_null_with_default) {
        return *schema->default_value;
      }
      if (schema->optional) return abi::Null();
      return DataError(
          StrCat("Invalid null value for required ", record::TypeName(schema->type), " field"));
    }
    if (schema->name.data != nullptr) {
      switch (record::LogicalOf(schema)) {
        case Logical::kDecimal:
          return ReadDecimal(*schema, node);
        case Logical::kDate:
        case Logical::kTime:
          return ReadDate(record::LogicalOf(schema), node);
        case Logical::kTimestamp:
          if (!IsIntegral(node)) {
            return DataError(StrCat(
                "Invalid type for Timestamp, underlying representation should be integral but was ",
                NodeType(node)));
          }
          return abi::Integer(SLUICE_TIMESTAMP, LongOf(node));
        case Logical::kNone:
          break;
      }
    }
    return ReadTyped(*schema, node);
  }

 private:
  StatusOr<sluice_value> ReadTyped(const sluice_schema& schema, const sluice_value& node) {
    const bool number = node.kind == kJsonNumber;
    switch (schema.type) {
      case SLUICE_BOOLEAN:
        return abi::Boolean(node.kind == SLUICE_BOOLEAN && node.as.int64 != 0);
      case SLUICE_INT8:
        return abi::Integer(SLUICE_INT8, static_cast<int8_t>(LongOf(node)));
      case SLUICE_INT16:
        return abi::Integer(SLUICE_INT16, static_cast<int16_t>(LongOf(node)));
      case SLUICE_INT32:
        return abi::Integer(SLUICE_INT32, static_cast<int32_t>(LongOf(node)));
      case SLUICE_INT64:
        return abi::Int64(LongOf(node));
      case SLUICE_FLOAT32:
        return abi::Float32(number ? record::NumberTextToFloat(abi::Text(node)) : 0);
      case SLUICE_FLOAT64:
        return abi::Float64(number ? record::NumberTextToDouble(abi::Text(node)) : 0);
      case SLUICE_STRING:
        if (node.kind == SLUICE_STRING) return node;
        made_null_ = true;
        return abi::Null();
      case SLUICE_BYTES:
        return ReadBytes(node);
      case SLUICE_ARRAY:
        return ReadArray(schema.value_schema, node);
      case SLUICE_MAP:
        return ReadMap(schema, node);
      case SLUICE_STRUCT:
        return ReadStruct(schema, node);
      default:
        return DataError(StrCat("Unknown schema type: ", record::TypeName(schema.type)));
    }
  }

  StatusOr<sluice_value> ReadSchemaless(const sluice_value& node) {
    switch (node.kind) {
      case kJsonMissing:
        return abi::Null();
      case kJsonNumber:
        if (node.reserved[0] == 0) return abi::Int64(LongOf(node));
        return abi::Float64(record::NumberTextToDouble(abi::Text(node)));
      case SLUICE_ARRAY:
        return ReadArray(nullptr, node);
      case SLUICE_MAP:
        return ReadObject(nullptr, node);
      default:
        return node;
    }
  }

  StatusOr<sluice_value> ReadBytes(const sluice_value& node) {
    if (node.kind != SLUICE_STRING) {
      made_null_ = true;
      return abi::Null();
    }
    std::string_view bytes;
    if (!DecodeJsonBase64(abi::Text(node), arena_, bytes)) {
      return DataError("Invalid bytes field");
    }
    return abi::Bytes(bytes);
  }

  StatusOr<sluice_value> ReadDecimal(const sluice_schema& schema, const sluice_value& node) {
    if (node.kind == kJsonNumber) {
      const std::optional<sluice_decimal> decimal = record::ParseDecimal(abi::Text(node), arena_);
      if (!decimal) return DataError("Invalid bytes for Decimal field");
      return abi::Decimal(arena_.New(*decimal));
    }
    if (node.kind != SLUICE_STRING) {
      return DataError(StrCat(
          "Invalid type for Decimal, underlying representation should be numeric or bytes but was ",
          NodeType(node)));
    }
    std::string_view bytes;
    const StatusOr<int32_t> scale = record::DecimalScale(schema);
    if (!scale.ok()) {
      return Wrap(scale.status(), kDataException, "Invalid bytes for Decimal field");
    }
    if (!DecodeJsonBase64(abi::Text(node), arena_, bytes) || bytes.empty()) {
      return DataError("Invalid bytes for Decimal field");
    }
    return abi::Decimal(arena_.New(sluice_decimal{*scale, static_cast<uint32_t>(bytes.size()),
                                                  reinterpret_cast<const uint8_t*>(bytes.data())}));
  }

  static StatusOr<sluice_value> ReadDate(Logical logical, const sluice_value& node) {
    int64_t number = 0;
    if (!IsInt(node, number)) {
      return DataError(StrCat("Invalid type for ", logical == Logical::kDate ? "Date" : "Time",
                              ", underlying representation should be integer but was ",
                              NodeType(node)));
    }
    if (logical == Logical::kDate) return abi::Integer(SLUICE_DATE, number);
    if (number < 0 || number > record::kMillisPerDay) {
      return DataError(
          "Time values must use number of milliseconds greater than 0 and less than 86400000");
    }
    return abi::Integer(SLUICE_TIME, number);
  }

  // A list's elements, or an object's values; nothing else has any.
  StatusOr<sluice_value> ReadArray(const sluice_schema* schema, const sluice_value& node) {
    const bool object = node.kind == SLUICE_MAP;
    const uint32_t size = object || node.kind == SLUICE_ARRAY ? node.size : 0;
    auto* items = arena_.NewArray<sluice_value>(size);
    for (uint32_t i = 0; i < size; ++i) {
      SLUICE_ASSIGN_OR_RETURN(items[i],
                              Read(schema, object ? node.as.entries[i].value : node.as.items[i]));
    }
    return abi::Array(items, size);
  }

  StatusOr<sluice_value> ReadObject(const sluice_schema* value_schema, const sluice_value& node) {
    auto* entries = arena_.NewArray<sluice_map_entry>(node.size);
    for (uint32_t i = 0; i < node.size; ++i) {
      entries[i].key = node.as.entries[i].key;
      SLUICE_ASSIGN_OR_RETURN(entries[i].value, Read(value_schema, node.as.entries[i].value));
    }
    return abi::Map(entries, node.size);
  }

  StatusOr<sluice_value> ReadMap(const sluice_schema& schema, const sluice_value& node) {
    if (schema.key_schema->type == SLUICE_STRING) {
      if (node.kind == SLUICE_MAP) return ReadObject(schema.value_schema, node);
      return DataError(StrCat(
          "Maps with string fields should be encoded as JSON objects, but found ", NodeType(node)));
    }
    if (node.kind != SLUICE_ARRAY) {
      return DataError(StrCat(
          "Maps with non-string fields should be encoded as JSON array of tuples, but found ",
          NodeType(node)));
    }
    auto* entries = arena_.NewArray<sluice_map_entry>(node.size);
    absl::flat_hash_map<uint64_t, std::vector<uint32_t>> places;  // by the key's hash
    uint32_t size = 0;
    for (uint32_t i = 0; i < node.size; ++i) {
      const sluice_value& pair = node.as.items[i];
      if (pair.kind != SLUICE_ARRAY) {
        return DataError(
            StrCat("Found invalid map entry instead of array tuple: ", NodeType(pair)));
      }
      if (pair.size != 2) {
        return DataError(
            StrCat("Found invalid map entry, expected length 2 but found :", pair.size));
      }
      sluice_map_entry entry;
      SLUICE_ASSIGN_OR_RETURN(entry.key, Read(schema.key_schema, pair.as.items[0]));
      SLUICE_ASSIGN_OR_RETURN(entry.value, Read(schema.value_schema, pair.as.items[1]));
      sluice_map_entry* place = &entries[size];
      std::vector<uint32_t>& same_hash = places[record::DeepHash(entry.key)];
      for (uint32_t other : same_hash) {
        if (record::DeepEquals(entries[other].key, entry.key)) place = &entries[other];
      }
      if (place == &entries[size]) same_hash.push_back(size++);
      *place = entry;
    }
    return abi::Map(entries, size);
  }

  StatusOr<sluice_value> ReadStruct(const sluice_schema& schema, const sluice_value& node) {
    if (node.kind != SLUICE_MAP) {
      return DataError(
          StrCat("Structs should be encoded as JSON objects, but found ", NodeType(node)));
    }
    auto* values = arena_.NewArray<sluice_value>(schema.field_count);
    MemberFinder finder(node);
    const bool made_null_before = made_null_;
    for (uint32_t i = 0; i < schema.field_count; ++i) {
      const sluice_field& field = schema.fields[i];
      const sluice_value* member = finder.Find(abi::View(field.name));
      made_null_ = false;
      SLUICE_ASSIGN_OR_RETURN(values[i],
                              Read(field.schema, member == nullptr ? abi::Null() : *member));
      // All else is of the right class by the way it was made.
      if (made_null_) {
        SLUICE_RETURN_IF_ERROR(
            record::ValidateField(abi::View(field.name), *field.schema, values[i]));
      }
    }
    made_null_ = made_null_before;
    return arena_.NewStruct(&schema, values);
  }

  // Finds an object's members by name; quickest in the object's own order.
  class MemberFinder {
   public:
    explicit MemberFinder(const sluice_value& object) : object_(object) {}

    const sluice_value* Find(std::string_view name) {
      const uint32_t size = object_.size;
      if (next_ < size && abi::Text(object_.as.entries[next_].key) == name) {
        return &object_.as.entries[next_++].value;
      }
      if (size > 32) return FindByHash(name);
      for (uint32_t i = 0; i < size; ++i) {
        if (abi::Text(object_.as.entries[i].key) == name) {
          next_ = i + 1;
          return &object_.as.entries[i].value;
        }
      }
      return nullptr;
    }

   private:
    const sluice_value* FindByHash(std::string_view name) {
      if (index_.empty()) {
        index_.reserve(object_.size);
        for (uint32_t i = 0; i < object_.size; ++i) {
          index_.emplace(abi::Text(object_.as.entries[i].key), i);
        }
      }
      const auto found = index_.find(name);
      if (found == index_.end()) return nullptr;
      next_ = found->second + 1;
      return &object_.as.entries[found->second].value;
    }

    const sluice_value& object_;
    uint32_t next_ = 0;
    absl::flat_hash_map<std::string_view, uint32_t> index_;
  };

  const JsonReadOptions options_;
  abi::Arena& arena_;
  bool made_null_ = false;  // of something that was not null
};

}  // namespace

StatusOr<sluice_value> ReadJsonValue(const sluice_schema* schema, const sluice_value& node,
                                     JsonReadOptions options, record::BatchMemory& memory) {
  return ValueReader(options, memory.arena()).Read(schema, node);
}

}  // namespace sluice::convert
