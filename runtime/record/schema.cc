#include "runtime/record/schema.h"

#include <array>
#include <optional>

#include "runtime/base/text.h"

namespace sluice::record {
namespace {

constexpr std::string_view kPackage = "org.apache.kafka.connect.data.";

abi::SchemaRef MakeSchema(sluice_kind kind, bool optional) {
  switch (kind) {
    case SLUICE_DATE:
      return abi::SchemaBuilder(SLUICE_INT32).Optional(optional).Name(kDateName).Version(1).Build();
    case SLUICE_TIME:
      return abi::SchemaBuilder(SLUICE_INT32).Optional(optional).Name(kTimeName).Version(1).Build();
    case SLUICE_TIMESTAMP:
      return abi::SchemaBuilder(SLUICE_INT64)
          .Optional(optional)
          .Name(kTimestampName)
          .Version(1)
          .Build();
    default:
      if (kind < SLUICE_BOOLEAN || kind > SLUICE_BYTES) return {};
      return abi::SchemaBuilder(kind).Optional(optional).Build();
  }
}

using Table = std::array<abi::SchemaRef, SLUICE_TIMESTAMP + 1>;

// Never freed, so that values in static storage may point to them at exit.
const Table& SchemaTable(bool optional) {
  static const auto* const tables = [] {
    auto* made = new std::array<Table, 2>;
    for (int is_optional : {0, 1}) {
      for (int kind = 0; kind <= SLUICE_TIMESTAMP; ++kind) {
        (*made)[is_optional][kind] = MakeSchema(static_cast<sluice_kind>(kind), is_optional != 0);
      }
    }
    return made;
  }();
  return (*tables)[optional ? 1 : 0];
}

const sluice_schema* Lookup(sluice_kind kind, bool optional) {
  return kind > SLUICE_TIMESTAMP ? nullptr : SchemaTable(optional)[kind].get();
}

}  // namespace

Logical LogicalOf(const sluice_schema* schema) {
  if (schema == nullptr || schema->name.data == nullptr) return Logical::kNone;
  const std::string_view name = abi::View(schema->name);
  if (name.size() <= kPackage.size() || name.substr(0, kPackage.size()) != kPackage) {
    return Logical::kNone;
  }
  if (name == kDecimalName) return Logical::kDecimal;
  if (name == kDateName) return Logical::kDate;
  if (name == kTimeName) return Logical::kTime;
  if (name == kTimestampName) return Logical::kTimestamp;
  return Logical::kNone;
}

std::string_view TypeName(sluice_kind kind) {
  static constexpr std::string_view kNames[] = {
      "NULL",  "BOOLEAN", "INT8", "INT16",  "INT32", "INT64", "FLOAT32", "FLOAT64", "STRING",
      "BYTES", "ARRAY",   "MAP",  "STRUCT", "BYTES", "INT32", "INT32",   "INT64"};
  return kind < std::size(kNames) ? kNames[kind] : "UNKNOWN";
}

const sluice_schema* RequiredSchema(sluice_kind kind) { return Lookup(kind, false); }
const sluice_schema* OptionalSchema(sluice_kind kind) { return Lookup(kind, true); }

abi::SchemaRef DecimalSchema(int32_t scale) {
  return abi::SchemaBuilder(SLUICE_BYTES)
      .Name(kDecimalName)
      .Version(1)
      .Parameter("scale", std::to_string(scale))
      .Build();
}

StatusOr<int32_t> DecimalScale(const sluice_schema& schema) {
  for (uint32_t i = 0; i < schema.parameter_count; ++i) {
    if (abi::View(schema.parameters[i].key) != "scale") continue;
    const std::optional<int64_t> scale = ParseInt64(abi::View(schema.parameters[i].value));
    if (scale && *scale >= INT32_MIN && *scale <= INT32_MAX) return static_cast<int32_t>(*scale);
    return DataError("Invalid scale parameter found in Decimal schema: ");
  }
  return DataError("Invalid Decimal schema: scale parameter not found.");
}

std::string SchemaText(const sluice_schema& schema) {
  if (schema.name.data == nullptr) return StrCat("Schema{", TypeName(schema.type), "}");
  return StrCat("Schema{", abi::View(schema.name), ":", TypeName(schema.type), "}");
}

}  // namespace sluice::record
