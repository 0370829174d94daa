#include "connectors/object_store_sink/projector.h"

#include <algorithm>

#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

constexpr int kDepthMax = 500;

bool IsNumber(sluice_kind type) { return type >= SLUICE_INT8 && type <= SLUICE_FLOAT64; }

std::string_view NameOf(const sluice_schema& schema) {
  return schema.name.data != nullptr ? abi::View(schema.name) : std::string_view();
}

bool SameParameters(const sluice_schema& a, const sluice_schema& b) {
  if (a.parameter_count != b.parameter_count) return false;
  for (uint32_t i = 0; i < a.parameter_count; ++i) {
    const auto same = [&](const sluice_key_value& other) {
      return abi::View(other.key) == abi::View(a.parameters[i].key) &&
             abi::View(other.value) == abi::View(a.parameters[i].value);
    };
    if (std::none_of(b.parameters, b.parameters + b.parameter_count, same)) return false;
  }
  return true;
}

bool TakesNothing(const sluice_schema& schema) {
  return schema.optional == 0 && schema.default_value == nullptr;
}

std::string Why(const sluice_schema& from, const sluice_schema& to, std::string_view where,
                int depth) {
  if (abi::SameSchema(&from, &to)) return "";
  if (depth > kDepthMax) return "schemas are nested too deep";
  const auto said = [&](std::string_view what) {
    return where.empty() ? std::string(what) : sdk::Cat("field ", where, ": ", what);
  };
  const bool widens = IsNumber(from.type) && IsNumber(to.type) && from.type <= to.type;
  if (from.type != to.type && !widens) return said("types differ");
  if (NameOf(from) != NameOf(to)) return said("names differ");
  if (!SameParameters(from, to)) return said("parameters differ");
  if (from.optional != 0 && TakesNothing(to)) return said("it is optional, and required there");
  if (from.type == SLUICE_ARRAY || from.type == SLUICE_MAP) {
    if ((from.value_schema == nullptr) != (to.value_schema == nullptr)) return said("types differ");
    std::string why;
    if (from.type == SLUICE_MAP && from.key_schema != nullptr && to.key_schema != nullptr) {
      why = Why(*from.key_schema, *to.key_schema, where, depth + 1);
    }
    if (!why.empty() || from.value_schema == nullptr) return why;
    return Why(*from.value_schema, *to.value_schema, where, depth + 1);
  }
  if (from.type != SLUICE_STRUCT) return "";
  for (uint32_t i = 0; i < to.field_count; ++i) {
    const std::string_view name = abi::View(to.fields[i].name);
    const int index = abi::FieldIndex(from, name);
    if (index < 0) {
      if (TakesNothing(*to.fields[i].schema)) {
        return sdk::Cat("field ", name, ": it is missing, and required there");
      }
      continue;
    }
    std::string why = Why(*from.fields[index].schema, *to.fields[i].schema, name, depth + 1);
    if (!why.empty()) return why;
  }
  return "";
}

sdk::Value Widened(const sdk::Value& value, sluice_kind type) {
  double number = static_cast<double>(value.as.int64);
  if (value.kind == SLUICE_FLOAT32) number = static_cast<double>(value.as.float32);
  if (value.kind == SLUICE_FLOAT64) number = value.as.float64;
  if (type == SLUICE_FLOAT32) return sdk::Float32(static_cast<float>(number));
  if (type == SLUICE_FLOAT64) return sdk::Float64(number);
  return abi::Integer(type, value.as.int64);
}

sdk::Value ProjectMany(abi::Arena& arena, const sluice_schema& from, const sdk::Value& value,
                       const sluice_schema& to) {
  if (value.kind == SLUICE_ARRAY) {
    if (from.value_schema == nullptr || to.value_schema == nullptr) return value;
    auto* items = arena.NewArray<sdk::Value>(value.size);
    for (uint32_t i = 0; i < value.size; ++i) {
      items[i] = Project(arena, *from.value_schema, value.as.items[i], *to.value_schema);
    }
    return abi::Array(items, value.size);
  }
  if (from.key_schema == nullptr || to.key_schema == nullptr || from.value_schema == nullptr ||
      to.value_schema == nullptr) {
    return value;
  }
  auto* entries = arena.NewArray<sluice_map_entry>(value.size);
  for (uint32_t i = 0; i < value.size; ++i) {
    entries[i] = {Project(arena, *from.key_schema, value.as.entries[i].key, *to.key_schema),
                  Project(arena, *from.value_schema, value.as.entries[i].value, *to.value_schema)};
  }
  return abi::Map(entries, value.size);
}

}  // namespace

std::string WhyNotProjectable(const sluice_schema& from, const sluice_schema& to) {
  return Why(from, to, "", 0);
}

sdk::Value Project(abi::Arena& arena, const sluice_schema& from, const sdk::Value& value,
                   const sluice_schema& to) {
  if (abi::SameSchema(&from, &to)) return value;
  if (sdk::IsNull(value)) {
    if (to.optional != 0) return value;
    if (to.default_value != nullptr) return *to.default_value;
    throw sdk::DataException("a null where the file's schema takes none");
  }
  if (value.kind == SLUICE_STRUCT) {
    auto* values = arena.NewArray<sdk::Value>(to.field_count);
    for (uint32_t i = 0; i < to.field_count; ++i) {
      const sluice_schema& field = *to.fields[i].schema;
      const int index = abi::FieldIndex(from, abi::View(to.fields[i].name));
      if (index >= 0) {
        values[i] =
            Project(arena, *from.fields[index].schema, value.as.structure->values[index], field);
      } else {
        values[i] = field.default_value != nullptr ? *field.default_value : sdk::Null();
      }
    }
    return arena.NewStruct(&to, values);
  }
  if (value.kind == SLUICE_ARRAY || value.kind == SLUICE_MAP) {
    return ProjectMany(arena, from, value, to);
  }
  return value.kind != to.type && IsNumber(value.kind) ? Widened(value, to.type) : value;
}

}  // namespace sluice::object_store_sink
