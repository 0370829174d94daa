#include "runtime/transform/expression/functions.h"

#include <algorithm>
#include <cmath>

#include "runtime/base/text.h"
#include "runtime/record/value.h"

namespace sluice::transform {
namespace {

using Result = StatusOr<sluice_value>;

Status NeedsText(const sluice_value& value) {
  return DataError(StrCat("it needs a text, found ", record::JavaClassName(value)));
}

// The arguments' texts; the call is refused unless each is one.
#define SLUICE_TEXT(name, index)                                                  \
  if (arguments[index].kind != SLUICE_STRING) return NeedsText(arguments[index]); \
  const std::string_view name = abi::Text(arguments[index])

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

int64_t CountCharacters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuation(c); });
}

// Where the character number `count` begins; behind the last one: the size.
size_t PlaceOf(std::string_view text, int64_t count) {
  size_t at = 0;
  for (; at < text.size(); ++at) {
    if (!IsContinuation(text[at]) && count-- == 0) break;
  }
  return at;
}

Result Size(Arguments arguments, const Node&, abi::Arena&) {
  const sluice_value& value = arguments[0];
  if (value.kind == SLUICE_STRING) return abi::Int64(CountCharacters(abi::Text(value)));
  if (value.kind >= SLUICE_BYTES && value.kind <= SLUICE_STRUCT) return abi::Int64(value.size);
  return DataError(StrCat("it needs a text, bytes, a list, a map or a struct, found ",
                          record::JavaClassName(value)));
}

template <sluice_kind kind>
Result Cast(Arguments arguments, const Node&, abi::Arena& arena) {
  return ConvertTo(kind, arguments[0], arena);
}

template <char first, char last, int distance>
Result ChangeCase(Arguments arguments, const Node&, abi::Arena& arena) {
  SLUICE_TEXT(text, 0);
  char* out = arena.NewArray<char>(text.size());
  std::transform(text.begin(), text.end(), out, [](char c) {
    return c >= first && c <= last ? static_cast<char>(c + distance) : c;
  });
  return abi::String({out, text.size()});
}

Result TrimBlanks(Arguments arguments, const Node&, abi::Arena&) {
  SLUICE_TEXT(text, 0);
  return abi::String(Trim(text));
}
Result Contains(Arguments arguments, const Node&, abi::Arena&) {
  SLUICE_TEXT(text, 0);
  SLUICE_TEXT(part, 1);
  return abi::Boolean(text.find(part) != std::string_view::npos);
}
Result StartsWith(Arguments arguments, const Node&, abi::Arena&) {
  SLUICE_TEXT(text, 0);
  SLUICE_TEXT(part, 1);
  return abi::Boolean(text.starts_with(part));
}
Result EndsWith(Arguments arguments, const Node&, abi::Arena&) {
  SLUICE_TEXT(text, 0);
  SLUICE_TEXT(part, 1);
  return abi::Boolean(text.ends_with(part));
}
Result IndexOf(Arguments arguments, const Node&, abi::Arena&) {
  SLUICE_TEXT(text, 0);
  SLUICE_TEXT(part, 1);
  const size_t at = text.find(part);
  return abi::Int64(at == std::string_view::npos ? -1 : CountCharacters(text.substr(0, at)));
}

Result Substring(Arguments arguments, const Node&, abi::Arena&) {
  SLUICE_TEXT(text, 0);
  for (size_t i = 1; i < arguments.size(); ++i) {
    if (!IsWhole(arguments[i].kind)) {
      return DataError(
          StrCat("it needs whole numbers, found ", record::JavaClassName(arguments[i])));
    }
  }
  const int64_t start = std::max<int64_t>(arguments[1].as.int64, 0);
  const std::string_view rest = text.substr(PlaceOf(text, start));
  if (arguments.size() == 2) return abi::String(rest);
  const int64_t count = std::max<int64_t>(arguments[2].as.int64, start) - start;
  return abi::String(rest.substr(0, PlaceOf(rest, count)));
}

Result Replace(Arguments arguments, const Node&, abi::Arena& arena) {
  SLUICE_TEXT(text, 0);
  SLUICE_TEXT(part, 1);
  SLUICE_TEXT(with, 2);
  if (part.empty()) return abi::String(text);
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  if (count == 0) return abi::String(text);
  const size_t size = text.size() - count * part.size() + count * with.size();
  if (size > kResultTextMax) return TextTooLarge();
  char* out = arena.NewArray<char>(size);
  char* end = out;
  for (size_t at = 0; at <= text.size();) {
    const size_t found = std::min(text.find(part, at), text.size());
    end = std::copy(text.begin() + at, text.begin() + found, end);
    if (found == text.size()) break;
    end = std::copy(with.begin(), with.end(), end);
    at = found + part.size();
  }
  return abi::String({out, static_cast<size_t>(end - out)});
}

Result Matches(Arguments arguments, const Node& node, abi::Arena&) {
  SLUICE_TEXT(text, 0);
  SLUICE_ASSIGN_OR_RETURN(const bool found, node.regex->Find(text));
  return abi::Boolean(found);
}

Result ReplaceFirst(Arguments arguments, const Node& node, abi::Arena& arena) {
  SLUICE_TEXT(text, 0);
  SLUICE_TEXT(with, 2);
  thread_local std::string replaced;
  replaced.clear();
  SLUICE_RETURN_IF_ERROR(node.regex->ReplaceFirst(text, with, replaced));
  return arena.CopyString(replaced);
}

Result SplitText(Arguments arguments, const Node&, abi::Arena& arena) {
  SLUICE_TEXT(text, 0);
  SLUICE_TEXT(separator, 1);
  if (separator.empty()) return DataError("it needs a separator that is not empty");
  size_t count = 1;
  for (size_t at = text.find(separator); at != std::string_view::npos;
       at = text.find(separator, at + separator.size())) {
    ++count;
  }
  auto* items = arena.NewArray<sluice_value>(count);
  for (size_t i = 0, at = 0; i < count; ++i) {
    const size_t end = std::min(text.find(separator, at), text.size());
    items[i] = abi::String(text.substr(at, end - at));
    at = end + separator.size();
  }
  return abi::Array(items, count);
}

Result Join(Arguments arguments, const Node&, abi::Arena& arena) {
  if (arguments[0].kind != SLUICE_ARRAY) {
    return DataError(StrCat("it needs a list, found ", record::JavaClassName(arguments[0])));
  }
  SLUICE_TEXT(separator, 1);
  thread_local std::string joined;
  joined.clear();
  for (uint32_t i = 0; i < arguments[0].size; ++i) {
    if (i > 0) joined.append(separator);
    SLUICE_ASSIGN_OR_RETURN(const sluice_value text,
                            ConvertTo(SLUICE_STRING, arguments[0].as.items[i], arena));
    if (text.kind == SLUICE_STRING) joined.append(abi::Text(text));
    if (joined.size() > kResultTextMax) return TextTooLarge();
  }
  return arena.CopyString(joined);
}

Result Coalesce(Arguments arguments, const Node&, abi::Arena&) {
  for (const sluice_value& value : arguments) {
    if (value.kind != SLUICE_NULL) return value;
  }
  return abi::Null();
}

Status NeedsNumber(const sluice_value& value) {
  return DataError(StrCat("it needs a number, found ", record::JavaClassName(value)));
}

Result Absolute(Arguments arguments, const Node&, abi::Arena&) {
  const sluice_value& value = arguments[0];
  if (!IsNumber(value.kind)) return NeedsNumber(value);
  if (!IsWhole(value.kind)) return abi::Float64(std::fabs(NumberOf(value)));
  if (value.as.int64 == INT64_MIN) return DataError("the number does not fit in int64");
  return abi::Int64(std::abs(value.as.int64));
}

template <bool larger>
Result Extreme(Arguments arguments, const Node&, abi::Arena&) {
  const sluice_value* best = nullptr;
  bool whole = true;
  for (const sluice_value& value : arguments) {
    if (!IsNumber(value.kind)) return NeedsNumber(value);
    whole = whole && IsWhole(value.kind);
  }
  for (const sluice_value& value : arguments) {
    if (best == nullptr) {
      best = &value;
      continue;
    }
    const bool less = whole ? value.as.int64 < best->as.int64 : NumberOf(value) < NumberOf(*best);
    const bool greater =
        whole ? value.as.int64 > best->as.int64 : NumberOf(value) > NumberOf(*best);
    if (larger ? greater : less) best = &value;
  }
  return whole ? abi::Int64(best->as.int64) : abi::Float64(NumberOf(*best));
}

template <double (*round)(double)>
Result Round(Arguments arguments, const Node&, abi::Arena&) {
  if (!IsNumber(arguments[0].kind)) return NeedsNumber(arguments[0]);
  return abi::Float64(round(NumberOf(arguments[0])));
}
double Floor(double number) { return std::floor(number); }
double Ceil(double number) { return std::ceil(number); }
double Nearest(double number) { return std::floor(number + 0.5); }  // as Java's Math.round

Result Type(Arguments arguments, const Node&, abi::Arena&) {
  static constexpr std::string_view kNames[] = {
      "null",  "bool", "int8", "int16",  "int32",   "int64", "float32", "float64",  "string",
      "bytes", "list", "map",  "struct", "decimal", "date",  "time",    "timestamp"};
  return abi::String(kNames[arguments[0].kind]);
}

Result FormatTime(Arguments arguments, const Node& node, abi::Arena& arena) {
  SLUICE_ASSIGN_OR_RETURN(const sluice_value time,
                          ConvertTo(SLUICE_TIMESTAMP, arguments[0], arena));
  thread_local std::string text;
  text.clear();
  node.format->Append(text, time.as.int64);
  return arena.CopyString(text);
}

Result ParseTime(Arguments arguments, const Node& node, abi::Arena&) {
  SLUICE_TEXT(text, 0);
  const auto parsed = node.format->Parse(text);
  if (!parsed) return DataError(StrCat("the text is no time as ", node.format->pattern()));
  return abi::Integer(SLUICE_TIMESTAMP, *parsed);
}

#undef SLUICE_TEXT

constexpr uint32_t kMany = 16;

constexpr Function MakeText(std::string_view name, std::string_view usage, uint32_t count,
                            sluice_kind result, decltype(Function::call) call) {
  return {name, usage, count, count, ResultRule::kFixed, result, false, PatternKind::kNone, call};
}
template <sluice_kind kind>
constexpr Function MakeCast(std::string_view name) {
  return MakeText(name, "one value", 1, kind, &Cast<kind>);
}

constexpr std::string_view kTwoTexts = "two texts", kOneText = "one text";
constexpr Function kFunctions[] = {
    MakeText("size", "one text, list or map", 1, SLUICE_INT64, &Size),
    MakeCast<SLUICE_BOOLEAN>("bool"),
    MakeCast<SLUICE_INT8>("int8"),
    MakeCast<SLUICE_INT16>("int16"),
    MakeCast<SLUICE_INT32>("int32"),
    MakeCast<SLUICE_INT64>("int64"),
    MakeCast<SLUICE_INT64>("int"),
    MakeCast<SLUICE_FLOAT32>("float32"),
    MakeCast<SLUICE_FLOAT64>("float64"),
    MakeCast<SLUICE_FLOAT64>("double"),
    MakeCast<SLUICE_STRING>("string"),
    MakeCast<SLUICE_TIMESTAMP>("timestamp"),
    MakeText("lower", kOneText, 1, SLUICE_STRING, &ChangeCase<'A', 'Z', 32>),
    MakeText("upper", kOneText, 1, SLUICE_STRING, &ChangeCase<'a', 'z', -32>),
    MakeText("trim", kOneText, 1, SLUICE_STRING, &TrimBlanks),
    MakeText("contains", kTwoTexts, 2, SLUICE_BOOLEAN, &Contains),
    MakeText("startsWith", kTwoTexts, 2, SLUICE_BOOLEAN, &StartsWith),
    MakeText("endsWith", kTwoTexts, 2, SLUICE_BOOLEAN, &EndsWith),
    MakeText("indexOf", kTwoTexts, 2, SLUICE_INT64, &IndexOf),
    {"substring", "a text, where to begin, and maybe where to end", 2, 3, ResultRule::kFixed,
     SLUICE_STRING, false, PatternKind::kNone, &Substring},
    MakeText("replace", "three texts", 3, SLUICE_STRING, &Replace),
    {"matches", "a text and a regular expression", 2, 2, ResultRule::kFixed, SLUICE_BOOLEAN, false,
     PatternKind::kRegex, &Matches},
    {"replaceFirst", "a text, a regular expression and a replacement", 3, 3, ResultRule::kFixed,
     SLUICE_STRING, false, PatternKind::kRegex, &ReplaceFirst},
    {"split", "a text and a separator", 2, 2, ResultRule::kTexts, SLUICE_ARRAY, false,
     PatternKind::kNone, &SplitText},
    MakeText("join", "a list and a separator", 2, SLUICE_STRING, &Join),
    {"coalesce", "one value or more", 1, kMany, ResultRule::kJoined, SLUICE_NULL, true,
     PatternKind::kNone, &Coalesce},
    {"abs", "one number", 1, 1, ResultRule::kNumber, SLUICE_NULL, false, PatternKind::kNone,
     &Absolute},
    {"min", "one number or more", 1, kMany, ResultRule::kNumber, SLUICE_NULL, false,
     PatternKind::kNone, &Extreme<false>},
    {"max", "one number or more", 1, kMany, ResultRule::kNumber, SLUICE_NULL, false,
     PatternKind::kNone, &Extreme<true>},
    MakeText("floor", "one number", 1, SLUICE_FLOAT64, &Round<&Floor>),
    MakeText("ceil", "one number", 1, SLUICE_FLOAT64, &Round<&Ceil>),
    MakeText("round", "one number", 1, SLUICE_FLOAT64, &Round<&Nearest>),
    {"type", "one value", 1, 1, ResultRule::kFixed, SLUICE_STRING, true, PatternKind::kNone, &Type},
    {"formatTime", "a time and how it is written, such as 'yyyy-MM-dd'", 2, 2, ResultRule::kFixed,
     SLUICE_STRING, false, PatternKind::kDate, &FormatTime},
    {"parseTime", "a text and how it is written, such as 'yyyy-MM-dd'", 2, 2, ResultRule::kFixed,
     SLUICE_TIMESTAMP, false, PatternKind::kDate, &ParseTime},
};

}  // namespace

Status TextTooLarge() { return DataError("the text becomes larger than 64 MiB"); }

const Function* FindFunction(std::string_view name) {
  for (const Function& function : kFunctions) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

std::string FunctionNames() {
  std::string names = "all, exists, has";
  for (const Function& function : kFunctions) StrAppend(names, ", ", function.name);
  return names;
}

}  // namespace sluice::transform
