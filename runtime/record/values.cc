#include "runtime/record/values.h"

#include <vector>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/record/calendar.h"
#include "runtime/record/decimal.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"
#include "runtime/record/value_temporal.h"
#include "runtime/record/value_tokens.h"

namespace sluice::record {
namespace {

constexpr int kDepthMax = 1000;
constexpr size_t kNumberMax =
    100'000;  // longer digits are a string: reading them takes quadratic time

enum class Outcome { kOk, kNoData, kTooDeep };  // kNoData: it does not look like data

// ---- Numbers

SchemaAndValue SmallestInteger(int64_t number) {
  const sluice_kind kind = number == static_cast<int8_t>(number)    ? SLUICE_INT8
                           : number == static_cast<int16_t>(number) ? SLUICE_INT16
                           : number == static_cast<int32_t>(number) ? SLUICE_INT32
                                                                    : SLUICE_INT64;
  return {RequiredSchema(kind), abi::Integer(kind, number)};
}

bool ParseNumber(std::string_view token, BatchMemory& memory, SchemaAndValue& result) {
  if (token.size() > kNumberMax) return false;
  const std::optional<sluice_decimal> decimal = ParseDecimal(token, memory.arena());
  if (!decimal) return false;
  if (const std::optional<int64_t> whole = WholeNumber(token)) {
    result = SmallestInteger(*whole);
    return true;
  }
  const float narrow = NumberTextToFloat(token);
  const double wide = NumberTextToDouble(token);
  if (decimal->scale != 0 && narrow - narrow == 0) {  // finite
    result = {RequiredSchema(SLUICE_FLOAT32), abi::Float32(narrow)};
  } else if (decimal->scale != 0 && wide - wide == 0) {
    result = {RequiredSchema(SLUICE_FLOAT64), abi::Float64(wide)};
  } else {
    result = {memory.Keep(DecimalSchema(decimal->scale)),
              abi::Decimal(memory.arena().New(*decimal))};
  }
  return true;
}

// ---- A schema for all elements of a list

bool IsNumber(sluice_kind type) { return type >= SLUICE_INT8 && type <= SLUICE_FLOAT64; }

class SchemaMerger {
 public:
  void Add(const sluice_schema* schema) {
    if (schema == nullptr || !compatible_) return;
    common_ = common_ == nullptr ? schema : Merge(common_, schema);
    compatible_ = common_ != nullptr;
  }
  const sluice_schema* common() const { return common_; }

 private:
  // All schemas that a text can have are required; of one type, the later one is taken whatever its
  // name.
  static const sluice_schema* Merge(const sluice_schema* previous, const sluice_schema* next) {
    if (previous->type == next->type) return next;
    if (!IsNumber(previous->type) || !IsNumber(next->type)) return nullptr;
    return previous->type > next->type ? previous : next;
  }

  const sluice_schema* common_ = nullptr;
  bool compatible_ = true;
};

double AsDouble(const sluice_value& value) {
  if (value.kind == SLUICE_FLOAT32) return value.as.float32;
  if (value.kind == SLUICE_FLOAT64) return value.as.float64;
  return static_cast<double>(value.as.int64);
}

// Makes an element one of the common schema. False: Java would not, and the whole list becomes a
// string.
bool Align(const sluice_schema& schema, sluice_value& value) {
  if (abi::IsNull(value)) return false;
  switch (schema.type) {
    case SLUICE_FLOAT32:
      if (IsDateKind(value.kind)) return false;
      value = abi::Float32(static_cast<float>(AsDouble(value)));
      return true;
    case SLUICE_FLOAT64:
      if (IsDateKind(value.kind)) return false;
      value = abi::Float64(AsDouble(value));
      return true;
    case SLUICE_INT8:
    case SLUICE_INT16:
    case SLUICE_INT32:
    case SLUICE_INT64:
      break;
    default:
      return true;
  }
  const Logical logical = LogicalOf(&schema);
  if (logical == Logical::kNone) {
    if (IsDateKind(value.kind)) return false;
    value.kind = schema.type;
    return true;
  }
  if (IsDateKind(value.kind)) return true;
  const int64_t number = value.as.int64;
  if (logical == Logical::kTime && (number < 0 || number > kMillisPerDay)) return false;
  value.kind = logical == Logical::kTimestamp ? SLUICE_TIMESTAMP
               : logical == Logical::kTime    ? SLUICE_TIME
                                              : SLUICE_DATE;
  return true;
}

// ---- The grammar

class ValueParser {
 public:
  ValueParser(std::string_view text, BatchMemory& memory) : tokens_(text), memory_(memory) {}

  // `embedded`: inside a list or map, where strings have quotes.
  Outcome Parse(bool embedded, SchemaAndValue& result) {
    result = {};
    if (!tokens_.HasNext()) return Outcome::kOk;
    if (embedded && tokens_.TryTake("\"")) return ParseQuoted(result);
    if (TryLiteral(embedded, "null")) return Outcome::kOk;
    for (bool truth : {true, false}) {
      if (TryLiteral(embedded, truth ? "true" : "false")) {
        result = {RequiredSchema(SLUICE_BOOLEAN), abi::Boolean(truth)};
        return Outcome::kOk;
      }
    }
    const size_t start = tokens_.Mark();
    Outcome outcome = Outcome::kNoData;
    if (depth_ < kDepthMax) {
      ++depth_;
      if (tokens_.TryTake("[")) {
        outcome = ParseArray(result);
      } else if (tokens_.TryTake("{")) {
        outcome = ParseMap(result);
      } else {
        --depth_;
        return ParseToken(embedded, tokens_.Next(), result);
      }
      --depth_;
      if (outcome != Outcome::kNoData) return outcome;
      tokens_.RewindTo(start);
      return ParseToken(embedded, tokens_.Next(), result);
    }
    return Outcome::kTooDeep;
  }

 private:
  // At the top a literal must be all there is: `true}` is a string.
  bool TryLiteral(bool embedded, std::string_view literal) {
    const size_t start = tokens_.Mark();
    if (tokens_.TryTake(literal) && (embedded || !tokens_.HasNext())) return true;
    tokens_.RewindTo(start);
    return false;
  }

  static SchemaAndValue Text(std::string_view text) {
    return {RequiredSchema(SLUICE_STRING), abi::String(text)};
  }

  Outcome ParseToken(bool embedded, std::string_view token, SchemaAndValue& result) {
    const std::string_view trimmed = Trim(token);
    if (trimmed.empty()) {
      result = Text(token);
      return Outcome::kOk;
    }
    const char first = trimmed[0];
    const bool digit = first >= '0' && first <= '9';
    if (digit && ParseTokensAsTemporal(trimmed, result)) return Outcome::kOk;
    if ((digit || first == '+' || first == '-') && ParseNumber(trimmed, memory_, result)) {
      return Outcome::kOk;
    }
    if (embedded) return Outcome::kNoData;
    result = Text(tokens_.text());
    return Outcome::kOk;
  }

  // The colons of a time have split it into five tokens.
  bool ParseTokensAsTemporal(std::string_view token, SchemaAndValue& result) {
    const size_t mark = tokens_.Mark();
    if (const std::optional<std::string_view> rest = tokens_.Next(4)) {
      if (rest->size() < 100 && ParseTemporal(StrCat(token, *rest), result)) return true;
    }
    tokens_.RewindTo(mark);
    return ParseTemporal(token, result);
  }

  Outcome ParseQuoted(SchemaAndValue& result) {
    std::string content;  // blanks beside inner delimiters are lost, as in Java
    while (tokens_.HasNext() && !tokens_.TryTake("\"")) content.append(tokens_.Next());
    if (!ParseTemporal(content, result)) result = Text(memory_.arena().Copy(content));
    return Outcome::kOk;
  }

  Outcome ParseArray(SchemaAndValue& result) {
    std::vector<sluice_value> items;
    SchemaMerger merger;
    while (tokens_.HasNext()) {
      if (tokens_.TryTake("]")) return FinishArray(items, merger.common(), result);
      if (tokens_.TryTake(",")) return Outcome::kNoData;
      SchemaAndValue item;
      if (Outcome outcome = Parse(true, item); outcome != Outcome::kOk) return outcome;
      merger.Add(item.schema);
      items.push_back(item.value);
      const size_t mark = tokens_.Mark();
      if (tokens_.TryTake("]")) {
        tokens_.RewindTo(mark);
      } else if (!tokens_.TryTake(",")) {
        return Outcome::kNoData;
      }
    }
    return Outcome::kNoData;
  }

  Outcome FinishArray(std::vector<sluice_value>& items, const sluice_schema* common,
                      SchemaAndValue& result) {
    abi::SchemaBuilder schema(SLUICE_ARRAY);
    if (common != nullptr) {
      for (sluice_value& item : items) {
        if (!Align(*common, item)) return Outcome::kNoData;
      }
      schema.Value(abi::SchemaRef(common));
    }
    auto* stored = memory_.arena().NewArray<sluice_value>(items.size());
    std::copy(items.begin(), items.end(), stored);
    result = {memory_.Keep(schema.Build()), abi::Array(stored, items.size())};
    return Outcome::kOk;
  }

  Outcome ParseMap(SchemaAndValue& result) {
    std::vector<sluice_map_entry> entries;
    SchemaMerger keys, values;
    while (tokens_.HasNext()) {
      if (tokens_.TryTake("}")) {
        return FinishMap(entries, keys.common(), values.common(), result);
      }
      if (tokens_.TryTake(",")) return Outcome::kNoData;
      SchemaAndValue key, value;
      if (Outcome outcome = Parse(true, key); outcome != Outcome::kOk) return outcome;
      if (abi::IsNull(key.value) || !tokens_.TryTake(":")) return Outcome::kNoData;
      if (Outcome outcome = Parse(true, value); outcome != Outcome::kOk) return outcome;
      entries.push_back({key.value, value.value});
      tokens_.TryTake(",");
      keys.Add(key.schema);
      values.Add(value.schema);
    }
    return Outcome::kNoData;
  }

  Outcome FinishMap(std::vector<sluice_map_entry>& entries, const sluice_schema* key_schema,
                    const sluice_schema* value_schema, SchemaAndValue& result) {
    if (!MergeKeys(entries)) return Outcome::kNoData;
    abi::SchemaBuilder schema(SLUICE_MAP);
    if (key_schema != nullptr) schema.Key(abi::SchemaRef(key_schema));
    if (key_schema != nullptr && value_schema != nullptr) {
      schema.Value(abi::SchemaRef(value_schema));
    }
    for (sluice_map_entry& entry : entries) {
      if (key_schema != nullptr && !Align(*key_schema, entry.key)) return Outcome::kNoData;
      if (key_schema != nullptr && value_schema != nullptr && !Align(*value_schema, entry.value)) {
        return Outcome::kNoData;
      }
    }
    MergeKeys(entries);
    result = {memory_.Keep(schema.Build()),
              memory_.arena().CopyMap(entries.data(), entries.size())};
    return Outcome::kOk;
  }

  // Of equal keys the last value is kept, in the place of the first. False: more keys than a text
  // should have.
  static bool MergeKeys(std::vector<sluice_map_entry>& entries) {
    if (entries.size() > 10'000) return false;
    std::vector<sluice_map_entry> kept;
    std::vector<uint64_t> hashes;
    for (const sluice_map_entry& entry : entries) {
      const uint64_t hash = DeepHash(entry.key);
      size_t i = 0;
      while (i < kept.size() && (hashes[i] != hash || !DeepEquals(kept[i].key, entry.key))) ++i;
      if (i == kept.size()) {
        kept.push_back(entry);
        hashes.push_back(hash);
      } else {
        kept[i].value = entry.value;
      }
    }
    entries = std::move(kept);
    return true;
  }

  ValueTokens tokens_;
  BatchMemory& memory_;
  int depth_ = 0;
};

// ---- Values to text

void AppendQuoted(std::string& out, std::string_view text) {
  out.push_back('"');
  for (char c : text) {
    if (c == '\\' || c == '"') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
}

void AppendText(std::string& out, const sluice_value& value, bool embedded);

void AppendParts(std::string& out, const sluice_value& value) {
  out.push_back(value.kind == SLUICE_ARRAY ? '[' : '{');
  for (uint32_t i = 0; i < value.size; ++i) {
    if (i != 0) out.push_back(',');
    if (value.kind == SLUICE_ARRAY) {
      AppendText(out, value.as.items[i], true);
    } else if (value.kind == SLUICE_MAP) {
      AppendText(out, value.as.entries[i].key, true);
      out.push_back(':');
      AppendText(out, value.as.entries[i].value, true);
    } else {
      const sluice_field& field = value.as.structure->schema->fields[i];
      const sluice_value& own = value.as.structure->values[i];
      const sluice_value* otherwise = field.schema->default_value;
      AppendQuoted(out, abi::View(field.name));
      out.push_back(':');
      AppendText(out, abi::IsNull(own) && otherwise != nullptr ? *otherwise : own, true);
    }
  }
  out.push_back(value.kind == SLUICE_ARRAY ? ']' : '}');
}

void AppendDate(std::string& out, int64_t millis) {
  if (millis < kMillisPerDay) return AppendIsoTime(out, millis);
  if (millis % kMillisPerDay == 0) return AppendIsoDate(out, millis);
  AppendIsoTimestamp(out, millis);
}

void AppendText(std::string& out, const sluice_value& value, bool embedded) {
  switch (value.kind) {
    case SLUICE_STRING:
      return embedded ? AppendQuoted(out, abi::Text(value)) : StrAppend(out, abi::Text(value));
    case SLUICE_BYTES:
      return embedded ? AppendQuoted(out, Base64Encode(abi::Text(value)))
                      : StrAppend(out, Base64Encode(abi::Text(value)));
    case SLUICE_ARRAY:
    case SLUICE_MAP:
    case SLUICE_STRUCT:
      return AppendParts(out, value);
    case SLUICE_DATE:
    case SLUICE_TIME:
    case SLUICE_TIMESTAMP:
      return AppendDate(out, DateMillis(value));
    default:
      return AppendJavaText(out, value);
  }
}

}  // namespace

StatusOr<SchemaAndValue> ParseValueText(std::string_view text, BatchMemory& memory) {
  if (text.empty()) return SchemaAndValue{RequiredSchema(SLUICE_STRING), abi::String(text)};
  SchemaAndValue result;
  ValueParser parser(text, memory);
  if (parser.Parse(false, result) == Outcome::kTooDeep) {
    return DataError(StrCat("Lists and maps in a text may be nested ", kDepthMax,
                            " deep, and these are deeper"));
  }
  return result;
}

void AppendValueText(std::string& out, const sluice_value& value) { AppendText(out, value, false); }

}  // namespace sluice::record
