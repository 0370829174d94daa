#include "runtime/record/value.h"

#include <unordered_map>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/record/calendar.h"
#include "runtime/record/decimal.h"

namespace sluice::record {
namespace {

constexpr std::string_view kClasses[] = {
    "class null",
    "class java.lang.Boolean",
    "class java.lang.Byte",
    "class java.lang.Short",
    "class java.lang.Integer",
    "class java.lang.Long",
    "class java.lang.Float",
    "class java.lang.Double",
    "class java.lang.String",
    "class [B",
    "class java.util.ArrayList",
    "class java.util.HashMap",
    "class org.apache.kafka.connect.data.Struct",
    "class java.math.BigDecimal",
    "class java.util.Date",
    "class java.util.Date",
    "class java.util.Date",
};

void AppendStruct(std::string& out, const sluice_struct& structure) {
  out.append("Struct{");
  bool first = true;
  for (uint32_t i = 0; i < structure.schema->field_count; ++i) {
    if (abi::IsNull(structure.values[i])) continue;
    if (!first) out.push_back(',');
    first = false;
    StrAppend(out, abi::View(structure.schema->fields[i].name), "=");
    AppendJavaText(out, structure.values[i]);
  }
  out.push_back('}');
}

void AppendItems(std::string& out, const sluice_value& value) {
  const bool map = value.kind == SLUICE_MAP;
  out.push_back(map ? '{' : '[');
  for (uint32_t i = 0; i < value.size; ++i) {
    if (i != 0) out.append(", ");
    if (map) {
      AppendJavaText(out, value.as.entries[i].key);
      out.push_back('=');
      AppendJavaText(out, value.as.entries[i].value);
    } else {
      AppendJavaText(out, value.as.items[i]);
    }
  }
  out.push_back(map ? '}' : ']');
}

const sluice_map_entry* FindEntry(const sluice_value& map, const sluice_value& key) {
  for (uint32_t i = 0; i < map.size; ++i) {
    if (DeepEquals(key, map.as.entries[i].key)) return &map.as.entries[i];
  }
  return nullptr;
}

bool BigMapEquals(const sluice_value& a, const sluice_value& b) {
  std::unordered_multimap<uint64_t, const sluice_map_entry*> index;
  for (uint32_t i = 0; i < b.size; ++i) {
    index.emplace(DeepHash(b.as.entries[i].key), &b.as.entries[i]);
  }
  for (uint32_t i = 0; i < a.size; ++i) {
    auto [at, end] = index.equal_range(DeepHash(a.as.entries[i].key));
    while (at != end && !DeepEquals(at->second->key, a.as.entries[i].key)) ++at;
    if (at == end || !DeepEquals(at->second->value, a.as.entries[i].value)) return false;
  }
  return true;
}

bool MapEquals(const sluice_value& a, const sluice_value& b) {
  for (uint32_t i = 0; i < a.size; ++i) {
    const sluice_map_entry& entry = a.as.entries[i];
    // Most maps come in the same order.
    const sluice_map_entry* other = &b.as.entries[i];
    if (!DeepEquals(entry.key, other->key)) {
      if (a.size > 32) return BigMapEquals(a, b);
      other = FindEntry(b, entry.key);
    }
    if (other == nullptr || !DeepEquals(entry.value, other->value)) return false;
  }
  return true;
}

uint64_t Mix(uint64_t hash) {
  hash ^= hash >> 32;
  hash *= 0xd6e8feb86659fd93ULL;
  hash ^= hash >> 32;
  return hash;
}
uint64_t Combine(uint64_t hash, uint64_t next) { return Mix(hash * 31 + next); }

uint64_t HashText(std::string_view text) { return std::hash<std::string_view>{}(text); }

uint64_t FloatBits(const sluice_value& value) {
  // Java's equals knows one NaN.
  if (value.kind == SLUICE_FLOAT32) {
    if (value.as.float32 != value.as.float32) return 0x7fc00000;
    uint32_t bits;
    __builtin_memcpy(&bits, &value.as.float32, sizeof bits);
    return bits;
  }
  if (value.as.float64 != value.as.float64) return 0x7ff8000000000000ULL;
  uint64_t bits;
  __builtin_memcpy(&bits, &value.as.float64, sizeof bits);
  return bits;
}

}  // namespace

void AppendJavaText(std::string& out, const sluice_value& value) {
  switch (value.kind) {
    case SLUICE_NULL:
      return StrAppend(out, "null");
    case SLUICE_BOOLEAN:
      return StrAppend(out, value.as.int64 != 0);
    case SLUICE_FLOAT32:
      return AppendJavaFloat(out, value.as.float32);
    case SLUICE_FLOAT64:
      return AppendJavaDouble(out, value.as.float64);
    case SLUICE_STRING:
      return StrAppend(out, abi::Text(value));
    case SLUICE_BYTES:
      return StrAppend(out, Base64Encode(abi::Text(value)));
    case SLUICE_ARRAY:
    case SLUICE_MAP:
      return AppendItems(out, value);
    case SLUICE_STRUCT:
      return AppendStruct(out, *value.as.structure);
    case SLUICE_DECIMAL:
      return AppendDecimalText(out, *value.as.decimal);
    case SLUICE_DATE:
    case SLUICE_TIME:
    case SLUICE_TIMESTAMP:
      return AppendJavaDate(out, DateMillis(value));
    default:
      return StrAppend(out, value.as.int64);
  }
}

std::string JavaText(const sluice_value& value) {
  std::string text;
  AppendJavaText(text, value);
  return text;
}

std::string_view JavaClassText(const sluice_value& value) {
  return value.kind < std::size(kClasses) ? kClasses[value.kind] : "class java.lang.Object";
}
std::string_view JavaClassName(const sluice_value& value) { return JavaClassText(value).substr(6); }

int64_t DateMillis(const sluice_value& value) {
  if (value.kind != SLUICE_DATE) return value.as.int64;
  return static_cast<int64_t>(static_cast<uint64_t>(value.as.int64) *
                              static_cast<uint64_t>(kMillisPerDay));
}

bool DeepEquals(const sluice_value& a, const sluice_value& b) {
  if (IsDateKind(a.kind)) return IsDateKind(b.kind) && DateMillis(a) == DateMillis(b);
  if (a.kind != b.kind || a.size != b.size) return false;
  switch (a.kind) {
    case SLUICE_NULL:
      return true;
    case SLUICE_FLOAT32:
    case SLUICE_FLOAT64:
      return FloatBits(a) == FloatBits(b);
    case SLUICE_STRING:
    case SLUICE_BYTES:
      return abi::Text(a) == abi::Text(b);
    case SLUICE_ARRAY:
      for (uint32_t i = 0; i < a.size; ++i) {
        if (!DeepEquals(a.as.items[i], b.as.items[i])) return false;
      }
      return true;
    case SLUICE_MAP:
      return MapEquals(a, b);
    case SLUICE_STRUCT:
      if (!abi::SameSchema(a.as.structure->schema, b.as.structure->schema)) return false;
      for (uint32_t i = 0; i < a.size; ++i) {
        if (!DeepEquals(a.as.structure->values[i], b.as.structure->values[i])) return false;
      }
      return true;
    case SLUICE_DECIMAL:
      return a.as.decimal->scale == b.as.decimal->scale &&
             MinimalUnscaled(*a.as.decimal) == MinimalUnscaled(*b.as.decimal);
    default:
      return a.as.int64 == b.as.int64;
  }
}

uint64_t DeepHash(const sluice_value& value) {
  if (IsDateKind(value.kind)) {
    return Combine(SLUICE_TIMESTAMP, static_cast<uint64_t>(DateMillis(value)));
  }
  uint64_t hash = value.kind;
  switch (value.kind) {
    case SLUICE_NULL:
      return Mix(hash);
    case SLUICE_FLOAT32:
    case SLUICE_FLOAT64:
      return Combine(hash, FloatBits(value));
    case SLUICE_STRING:
    case SLUICE_BYTES:
      return Combine(hash, HashText(abi::Text(value)));
    case SLUICE_ARRAY:
      for (uint32_t i = 0; i < value.size; ++i) hash = Combine(hash, DeepHash(value.as.items[i]));
      return hash;
    case SLUICE_MAP: {
      uint64_t sum = 0;  // whatever the order
      for (uint32_t i = 0; i < value.size; ++i) {
        sum += Combine(DeepHash(value.as.entries[i].key), DeepHash(value.as.entries[i].value));
      }
      return Combine(hash, sum);
    }
    case SLUICE_STRUCT:
      hash = Combine(hash, value.as.structure->schema->fingerprint.lo);
      for (uint32_t i = 0; i < value.size; ++i) {
        hash = Combine(hash, DeepHash(value.as.structure->values[i]));
      }
      return hash;
    case SLUICE_DECIMAL:
      hash = Combine(hash, static_cast<uint64_t>(value.as.decimal->scale));
      return Combine(hash, HashText(MinimalUnscaled(*value.as.decimal)));
    default:
      return Combine(hash, static_cast<uint64_t>(value.as.int64));
  }
}

}  // namespace sluice::record
