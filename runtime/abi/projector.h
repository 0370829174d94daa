// Brings a value from the schema that it was written with to another one that is compatible with
// it, as Java's SchemaProjector does: numbers are widened, fields that are new get their default,
// fields that are gone are left out. For sinks that write one schema and are given several.
// Header-only; plugins use it by connectors/sdk/projector.h. One thread a projector.
#ifndef SLUICE_RUNTIME_ABI_PROJECTOR_H_
#define SLUICE_RUNTIME_ABI_PROJECTOR_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/abi/arena.h"
#include "runtime/abi/check.h"
#include "runtime/abi/views.h"

namespace sluice::abi {

class Projector {
 public:
  // Why there is no projection.
  struct Problem {
    // In Java's words, the outermost first, each the cause of the one before:
    // SchemaProjectorExceptions, the last one a DataException if `data` says so.
    std::vector<std::string> texts;
    bool data = false;
  };

  // What needs no change is shared with the values projected, all else lives in `arena`.
  explicit Projector(Arena& arena) : arena_(arena) {}

  // `value` fits `source`; the result fits `target`. Structs of it point to `target` and its parts,
  // which must live as long. Nothing: problem() says why.
  std::optional<sluice_value> Project(const sluice_schema& source, const sluice_value& value,
                                      const sluice_schema& target) {
    problem_ = {};
    sluice_value result;
    if (!Make(source, value, target, 0, result)) return std::nullopt;
    return result;
  }
  const Problem& problem() const { return problem_; }

  // Whether each value of `source` has a projection: "", or why there is none.
  std::string WhyNot(const sluice_schema& source, const sluice_schema& target) {
    problem_ = {};
    if (Fits(source, target, 0)) return "";
    std::string why;
    for (const std::string& text : problem_.texts) why += (why.empty() ? "" : ": ") + text;
    return why;
  }

 private:
  static constexpr int kDepthMax = 1000;

  bool Fail(std::string text, bool data = false) {
    problem_.texts = {std::move(text)};
    problem_.data = data;
    return false;
  }
  bool FailIn(std::string_view field) {
    if (problem_.data) return false;
    problem_.texts.insert(problem_.texts.begin(), "Error projecting " + std::string(field));
    return false;
  }

  static bool IsNumber(sluice_kind kind) { return kind >= SLUICE_INT8 && kind <= SLUICE_FLOAT64; }
  // Along int8, int16, int32, int64, float32, float64, from left to right.
  static bool IsPromotable(sluice_kind from, sluice_kind to) {
    return IsNumber(from) && IsNumber(to) && from <= to;
  }
  static std::string NameOf(const sluice_schema& schema) {
    return schema.name.data == nullptr ? "null" : std::string(View(schema.name));
  }
  static std::string SchemaText(const sluice_schema& schema) {
    const std::string name = schema.name.data == nullptr ? "" : NameOf(schema) + ":";
    return "Schema{" + name + std::string(KindName(schema.type)) + "}";
  }
  // {a=1, b=2}, or null, as Java has it for a schema without any.
  static std::string ParametersText(const sluice_schema& schema) {
    if (schema.parameter_count == 0) return "null";
    std::string text = "{";
    for (uint32_t i = 0; i < schema.parameter_count; ++i) {
      if (i > 0) text += ", ";
      text += std::string(View(schema.parameters[i].key)) + "=" +
              std::string(View(schema.parameters[i].value));
    }
    return text + "}";
  }
  static bool SameParameters(const sluice_schema& a, const sluice_schema& b) {
    if (a.parameter_count == 0 && b.parameter_count == 0) return true;
    return ParametersOf(a) == ParametersOf(b);
  }
  static std::map<std::string_view, std::string_view> ParametersOf(const sluice_schema& schema) {
    std::map<std::string_view, std::string_view> parameters;
    for (uint32_t i = 0; i < schema.parameter_count; ++i) {
      parameters[View(schema.parameters[i].key)] = View(schema.parameters[i].value);
    }
    return parameters;
  }
  // What an array or a map holds may be left open.
  static bool DescribesItems(const sluice_schema& schema) {
    return (schema.type != SLUICE_ARRAY && schema.type != SLUICE_MAP) ||
           (schema.value_schema != nullptr &&
            (schema.type == SLUICE_ARRAY || schema.key_schema != nullptr));
  }
  static const sluice_field* FindField(const sluice_schema& schema, const sluice_field& like,
                                       uint32_t guess) {
    const std::string_view name = View(like.name);
    if (guess < schema.field_count && View(schema.fields[guess].name) == name) {
      return &schema.fields[guess];  // mostly where it was
    }
    const int index = FieldIndex(schema, name);
    return index < 0 ? nullptr : &schema.fields[index];
  }

  // The schemas themselves, but not what they hold.
  bool CheckCompatible(const sluice_schema& source, const sluice_schema& target) {
    if (source.type != target.type && !IsPromotable(source.type, target.type)) {
      return Fail("Schema type mismatch. source type: " + std::string(KindName(source.type)) +
                  " and target type: " + std::string(KindName(target.type)));
    }
    if (source.name.size != target.name.size || NameOf(source) != NameOf(target)) {
      return Fail("Schema name mismatch. source name: " + NameOf(source) +
                  " and target name: " + NameOf(target));
    }
    if (!SameParameters(source, target)) {
      return Fail("Schema parameters not equal. source parameters: " + ParametersText(source) +
                  " and target parameters: " + ParametersText(target));
    }
    if (source.optional && !target.optional && target.default_value == nullptr) {
      return Fail(
          "Writer schema is optional, however, target schema does not provide a default value.");
    }
    return true;
  }
  bool CheckMissing(const sluice_schema& source, const sluice_field& field) {
    if (field.schema->optional || field.schema->default_value != nullptr) return true;
    return Fail("Required field `" + std::string(View(field.name)) +
                "` is missing from source schema: " + SchemaText(source));
  }

  bool Make(const sluice_schema& source, const sluice_value& value, const sluice_schema& target,
            int depth, sluice_value& result) {
    if (depth > kDepthMax) return Fail("The value is nested deeper than 1000 levels", true);
    if (!CheckCompatible(source, target)) return false;
    result = value;
    if (IsNull(value)) {
      if (source.optional && !target.optional) result = *target.default_value;
      return true;
    }
    switch (target.type) {
      case SLUICE_STRUCT:
        return MakeStruct(source, value, target, depth, result);
      case SLUICE_ARRAY:
        return MakeArray(source, value, target, depth, result);
      case SLUICE_MAP:
        return MakeMap(source, value, target, depth, result);
      default:
        if (source.type != target.type) result = Promote(value, target.type);
        return true;
    }
  }

  static sluice_value Promote(const sluice_value& value, sluice_kind target) {
    if (!IsNumber(value.kind)) return value;  // a date, whose schema is a number's
    const bool single = value.kind == SLUICE_FLOAT32;
    if (target == SLUICE_FLOAT64) {
      if (value.kind == SLUICE_FLOAT64) return value;
      return Float64(single ? static_cast<double>(value.as.float32)
                            : static_cast<double>(value.as.int64));
    }
    if (target == SLUICE_FLOAT32) {
      return single ? value : Float32(static_cast<float>(value.as.int64));
    }
    sluice_value result = value;
    result.kind = target;
    return result;
  }

  // The field's value; of none the default, and null of an optional one.
  bool MakeField(const sluice_schema& source, const sluice_struct& from, const sluice_field& field,
                 uint32_t index, int depth, sluice_value& result) {
    const sluice_field* found = FindField(source, field, index);
    if (found == nullptr) {
      if (!CheckMissing(source, field)) return false;
      result = field.schema->optional ? Null() : *field.schema->default_value;
      return true;
    }
    const sluice_value* value = &from.values[found - source.fields];
    if (IsNull(*value) && found->schema->default_value != nullptr) {
      value = found->schema->default_value;  // as Struct.get
    }
    if (!Make(*found->schema, *value, *field.schema, depth + 1, result))
      return FailIn(View(field.name));
    std::string wrong = CheckValue(field.schema, result, View(field.name));
    return wrong.empty() || Fail(std::move(wrong), true);
  }

  bool MakeStruct(const sluice_schema& source, const sluice_value& value,
                  const sluice_schema& target, int depth, sluice_value& result) {
    if (value.kind != SLUICE_STRUCT)
      return WrongKind(value, "org.apache.kafka.connect.data.Struct");
    auto* values = arena_.NewArray<sluice_value>(target.field_count);
    for (uint32_t i = 0; i < target.field_count; ++i) {
      if (!MakeField(source, *value.as.structure, target.fields[i], i, depth, values[i])) {
        return false;
      }
    }
    result = arena_.NewStruct(&target, values);
    return true;
  }

  bool MakeArray(const sluice_schema& source, const sluice_value& value,
                 const sluice_schema& target, int depth, sluice_value& result) {
    if (value.kind != SLUICE_ARRAY) return WrongKind(value, "java.util.List");
    if (!DescribesItems(source) || !DescribesItems(target)) return true;
    auto* items = arena_.NewArray<sluice_value>(value.size);
    for (uint32_t i = 0; i < value.size; ++i) {
      if (!Make(*source.value_schema, value.as.items[i], *target.value_schema, depth + 1,
                items[i])) {
        return false;
      }
    }
    result = Array(items, value.size);
    return true;
  }

  bool MakeMap(const sluice_schema& source, const sluice_value& value, const sluice_schema& target,
               int depth, sluice_value& result) {
    if (value.kind != SLUICE_MAP) return WrongKind(value, "java.util.Map");
    if (!DescribesItems(source) || !DescribesItems(target)) return true;
    auto* entries = arena_.NewArray<sluice_map_entry>(value.size);
    for (uint32_t i = 0; i < value.size; ++i) {
      const sluice_map_entry& entry = value.as.entries[i];
      if (!Make(*source.key_schema, entry.key, *target.key_schema, depth + 1, entries[i].key) ||
          !Make(*source.value_schema, entry.value, *target.value_schema, depth + 1,
                entries[i].value)) {
        return false;
      }
    }
    result = Map(entries, value.size);
    return true;
  }

  // Java's cast fails.
  bool WrongKind(const sluice_value& value, std::string_view wanted) {
    return Fail("The value to project is of kind " + std::string(KindName(value.kind)) +
                    ", not a " + std::string(wanted) + " as its schema says",
                true);
  }

  bool Fits(const sluice_schema& source, const sluice_schema& target, int depth) {
    if (SameSchema(&source, &target)) return true;
    if (depth > kDepthMax) return Fail("The schemas are nested deeper than 1000 levels");
    if (!CheckCompatible(source, target)) return false;
    if (!DescribesItems(source) || !DescribesItems(target)) return true;
    if (target.type == SLUICE_MAP && !Fits(*source.key_schema, *target.key_schema, depth + 1)) {
      return false;
    }
    if (target.type == SLUICE_MAP || target.type == SLUICE_ARRAY) {
      return Fits(*source.value_schema, *target.value_schema, depth + 1);
    }
    if (target.type != SLUICE_STRUCT) return true;
    for (uint32_t i = 0; i < target.field_count; ++i) {
      const sluice_field& field = target.fields[i];
      const sluice_field* found = FindField(source, field, i);
      if (found == nullptr) {
        if (!CheckMissing(source, field)) return false;
      } else if (!Fits(*found->schema, *field.schema, depth + 1)) {
        return FailIn(View(field.name));
      }
    }
    return true;
  }

  Arena& arena_;
  Problem problem_;
};

}  // namespace sluice::abi

#endif  // SLUICE_RUNTIME_ABI_PROJECTOR_H_
