#include "runtime/record/json_reader.h"

#include <algorithm>
#include <cstring>

#include "absl/container/flat_hash_map.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/record/decimal.h"
#include "runtime/record/json_scan.h"
#include "runtime/record/json_unescape.h"

namespace sluice::record {
namespace {

constexpr char kParseException[] = "com.fasterxml.jackson.core.JsonParseException";
constexpr char kEofException[] = "com.fasterxml.jackson.core.io.JsonEOFException";
constexpr char kConstraintsException[] =
    "com.fasterxml.jackson.core.exc.StreamConstraintsException";
constexpr size_t kNumberMax = 1000;
constexpr size_t kNameMax = 50'000;
constexpr size_t kStringMax = 20'000'000;
constexpr size_t kKeptValues = 64 * 1024;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
// What would make a longer word of `true`; beyond ASCII nearly all may.
bool GoesOnAsWord(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x7F;
}

std::string Show(char c) {
  const auto code = static_cast<unsigned>(static_cast<unsigned char>(c));
  if (code < 0x20 || code == 0x7F) return StrCat("(CTRL-CHAR, code ", code, ")");
  if (code > 0x7F) return StrCat("byte ", code);
  return StrCat("'", c, "' (code ", code, ")");
}

// Of pairs (name, value) that repeat a name the last value is kept, in the place of the first.
// Answers how many are left.
size_t MergeManyNames(sluice_value* pairs, size_t count) {
  absl::flat_hash_map<std::string_view, size_t> places;
  places.reserve(count);
  size_t kept = 0;
  for (size_t i = 0; i < count; ++i) {
    auto [place, added] = places.try_emplace(abi::Text(pairs[2 * i]), kept);
    if (added) {
      pairs[2 * kept] = pairs[2 * i];
      ++kept;
    }
    pairs[2 * place->second + 1] = pairs[2 * i + 1];
  }
  return kept;
}

size_t MergeNames(sluice_value* pairs, size_t count) {
  if (count > 32) return MergeManyNames(pairs, count);
  uint64_t seen = 0;  // one bit for each name: names that differ in it differ
  size_t kept = 0;
  for (size_t i = 0; i < count; ++i) {
    const std::string_view name = abi::Text(pairs[2 * i]);
    const unsigned first = name.empty() ? 0 : static_cast<unsigned char>(name.front());
    const unsigned last = name.empty() ? 0 : static_cast<unsigned char>(name.back());
    const uint64_t bit = uint64_t{1} << ((first * 7 + last * 13 + name.size() * 29) & 63);
    size_t place = kept;
    if ((seen & bit) != 0) {
      for (place = 0; place < kept && abi::Text(pairs[2 * place]) != name;) ++place;
    }
    seen |= bit;
    if (place == kept) pairs[2 * kept++] = pairs[2 * i];
    pairs[2 * place + 1] = pairs[2 * i + 1];
  }
  return kept;
}

}  // namespace

// Inline: it is called four times for each member, and there is one blank at most, as a rule.
inline bool JsonReader::SkipSpace() {
  if (at_ < end_ && *at_ == ' ') ++at_;
  while (at_ < end_ && static_cast<unsigned char>(*at_) <= ' ' && IsSpace(*at_)) ++at_;
  return at_ < end_;
}

StatusOr<sluice_value> JsonReader::Read(std::string_view text, JsonNumbers numbers,
                                        abi::Arena& arena) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  Start(text, arena);
  if (!SkipSpace()) {
    sluice_value missing = abi::Null();
    if (numbers == JsonNumbers::kText) missing.kind = kJsonMissing;
    return missing;
  }
  const bool number = *at_ == '-' || IsDigit(*at_);
  if (!(numbers == JsonNumbers::kText ? Parse<true>() : Parse<false>())) return error_;
  if (number && at_ < end_ && !IsSpace(*at_)) {
    Unexpected("space between values outside of objects and arrays");
    return error_;
  }
  return stack_[0];
}

StatusOr<sluice_value> JsonReader::ReadPrefix(std::string_view text, JsonNumbers numbers,
                                              abi::Arena& arena, size_t& used) {
  Start(text, arena);
  if (!(numbers == JsonNumbers::kText ? Parse<true>() : Parse<false>())) return error_;
  used = static_cast<size_t>(at_ - begin_);
  return stack_[0];
}

void JsonReader::Start(std::string_view text, abi::Arena& arena) {
  begin_ = at_ = text.data();
  end_ = begin_ + text.size();
  arena_ = &arena;
  if (stack_.capacity() > kKeptValues) std::vector<sluice_value>().swap(stack_);
  stack_.clear();
  frames_.clear();
  members_.clear();
}

inline bool JsonReader::ParseString(sluice_value& out) {
  const char* const start = ++at_;
  bool non_ascii = false;
  const char* const special = FindJsonSpecial(start, end_, non_ascii);
  if (special == end_) return EndOfInput("a string");
  if (*special != '"') return ParseEscaped(start, special, non_ascii, out);
  const std::string_view text(start, static_cast<size_t>(special - start));
  if (non_ascii) {
    if (const size_t bad = FindInvalidUtf8(text); bad != std::string_view::npos) {
      at_ = start + bad;
      return Fail(kParseException, StrCat("Invalid UTF-8 at ", Show(*at_)));
    }
  }
  out = abi::String(text);
  at_ = special + 1;
  return true;
}

template <bool kText>
bool JsonReader::Parse() {
  while (true) {
    // A value begins here.
    if (!SkipSpace()) return EndOfInput("a value");
    if (*at_ == '{' || *at_ == '[') {
      const bool object = *at_ == '{';
      if (!Open(object)) return false;
      if (!SkipSpace()) return EndOfInput(object ? "an object" : "an array");
      if (*at_ != (object ? '}' : ']')) {
        if (object && !ParseName<kText>()) return false;
        continue;
      }
      ++at_;
      Close();
    } else if (!ParseScalar<kText>()) {
      return false;
    }
    // It has ended; so may those around it.
    while (true) {
      if (frames_.empty()) return true;
      const bool object = frames_.back().object;
      if (kText && object && frames_.size() == 1) {
        std::string_view& extent = members_.back().text;
        extent = {extent.data(), static_cast<size_t>(at_ - extent.data())};
      }
      if (!SkipSpace()) return EndOfInput(object ? "an object" : "an array");
      if (*at_ == ',') {
        ++at_;
        if (object && (!SkipSpace() ? !EndOfInput("an object") : !ParseName<kText>())) return false;
        break;
      }
      if (*at_ != (object ? '}' : ']')) {
        return Unexpected(object ? "a comma or } after a member" : "a comma or ] after an element");
      }
      ++at_;
      Close();
    }
  }
}

template <bool kText>
bool JsonReader::ParseScalar() {
  switch (*at_) {
    case '"': {
      sluice_value text;
      if (!ParseString(text)) return false;
      if (text.size > kStringMax) {
        return TooLong("String value", text.size, kStringMax, "getMaxStringLength");
      }
      stack_.push_back(text);
      return true;
    }
    case 't':
      return ParseLiteral("true", abi::Boolean(true));
    case 'f':
      return ParseLiteral("false", abi::Boolean(false));
    case 'n':
      return ParseLiteral("null", abi::Null());
    default:
      if (*at_ == '-' || IsDigit(*at_)) return ParseNumber<kText>();
      return Unexpected("a JSON value");
  }
}

bool JsonReader::ParseLiteral(std::string_view literal, const sluice_value& value) {
  const size_t left = static_cast<size_t>(end_ - at_);
  if (left < literal.size() || std::memcmp(at_, literal.data(), literal.size()) != 0 ||
      (left > literal.size() && GoesOnAsWord(at_[literal.size()]))) {
    size_t length = 0;
    while (length < left && length < 256 && GoesOnAsWord(at_[length])) ++length;
    return Fail(
        kParseException,
        StrCat("Unrecognized token '", ReplaceInvalidUtf8({at_, std::max<size_t>(length, 1)}),
               "': was expecting (JSON String, Number, Array, Object or token 'null', "
               "'true' or 'false')"));
  }
  at_ += literal.size();
  stack_.push_back(value);
  return true;
}

template <bool kText>
bool JsonReader::ParseNumber() {
  const char* const start = at_;
  if (*at_ == '-') ++at_;
  const char* const digits = at_;
  uint64_t number = 0;
  for (; at_ < end_ && IsDigit(*at_); ++at_)
    number = number * 10 + static_cast<uint64_t>(*at_ - '0');
  if (at_ == digits) {
    if (at_ == end_) return EndOfInput("a number");
    return Unexpected("a digit after the minus sign of a number");
  }
  if (at_ < end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E')) {
    return ParseFloat<kText>(start, digits, number);
  }
  if (static_cast<size_t>(at_ - digits) > kNumberMax) {
    const size_t length =
        static_cast<size_t>(at_ - std::find_if(digits, at_, [](char c) { return c != '0'; }));
    if (length > kNumberMax) {
      return TooLong("Number value", length, kNumberMax, "getMaxNumberLength");
    }
  }
  if constexpr (kText) {
    sluice_value text = abi::String({start, static_cast<size_t>(at_ - start)});
    text.kind = kJsonNumber;
    stack_.push_back(text);
  } else {
    stack_.push_back(abi::Int64(static_cast<int64_t>(*start == '-' ? 0 - number : number)));
  }
  return true;
}

template <bool kText>
bool JsonReader::ParseFloat(const char* start, const char* digits, uint64_t mantissa) {
  size_t length = static_cast<size_t>(at_ - digits);
  int64_t exponent = 0;
  if (*at_ == '.') {
    const char* const fraction = ++at_;
    for (; at_ < end_ && IsDigit(*at_); ++at_) {
      mantissa = mantissa * 10 + static_cast<uint64_t>(*at_ - '0');
    }
    if (at_ == fraction) {
      if (at_ == end_) return EndOfInput("a number");
      return Unexpected("a digit after the decimal point of a number");
    }
    exponent = -static_cast<int64_t>(at_ - fraction);
    length += static_cast<size_t>(at_ - fraction);
  }
  const bool short_mantissa = length <= 18;
  bool simple = short_mantissa;
  if (at_ < end_ && (*at_ == 'e' || *at_ == 'E')) {
    simple = false;
    ++at_;
    if (at_ < end_ && (*at_ == '-' || *at_ == '+')) ++at_;
    const char* const power = at_;
    while (at_ < end_ && IsDigit(*at_)) ++at_;
    if (at_ == power) {
      if (at_ == end_) return EndOfInput("a number");
      return Unexpected("a digit in the exponent of a number");
    }
    length += static_cast<size_t>(at_ - power);
  }
  const std::string_view text(start, static_cast<size_t>(at_ - start));
  if (length > kNumberMax) {
    return TooLong("Number value", length, kNumberMax, "getMaxNumberLength");
  }
  if (!simple && !NumberTextFitsDecimal(text)) {
    return Fail(kParseException, StrCat("Malformed numeric value ('", text, "')"));
  }
  if constexpr (kText) {
    sluice_value value = abi::String(text);
    value.kind = kJsonNumber;
    value.reserved[0] = 1;
    stack_.push_back(value);
    return true;
  }
  // Both are exact as doubles, so the quotient is the nearest one.
  static constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                       1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
  if (simple && mantissa <= (uint64_t{1} << 53)) {
    const double number = static_cast<double>(mantissa) / kPowers[-exponent];
    stack_.push_back(abi::Float64(*start == '-' && mantissa != 0 ? -number : number));
  } else {
    stack_.push_back(abi::Float64(NumberTextToDouble(text)));
  }
  return true;
}

bool JsonReader::ParseEscaped(const char* start, const char* special, bool non_ascii,
                              sluice_value& out) {
  // Where does it end?
  const char* end = special;
  while (*end != '"') {
    if (*end != '\\') {
      at_ = end;
      return Unexpected("no control character in a string, but its escape");
    }
    if (end_ - end < 2) return EndOfInput("a string");
    end = FindJsonSpecial(end + 2, end_, non_ascii);
    if (end == end_) return EndOfInput("a string");
  }
  const std::string_view raw(start, static_cast<size_t>(end - start));
  if (const size_t bad = non_ascii ? FindInvalidUtf8(raw) : raw.npos; bad != raw.npos) {
    at_ = start + bad;
    return Fail(kParseException, StrCat("Invalid UTF-8 at ", Show(*at_)));
  }
  char* const place = static_cast<char*>(arena_->Allocate(raw.size(), 1));  // no escape grows
  const JsonUnescaped text = UnescapeJson(raw, place);
  if (text.bad != nullptr) {
    at_ = text.bad;
    if (*at_ == 'u') return Unexpected("four hex digits after it");
    return Fail(kParseException, StrCat("Unrecognized character escape ", Show(*at_)));
  }
  out = abi::String({place, text.size});
  at_ = end + 1;
  return true;
}

template <bool kText>
bool JsonReader::ParseName() {
  if (*at_ != '"') return Unexpected("a double quote that starts a name");
  sluice_value name;
  if (!ParseString(name)) return false;
  if (name.size > kNameMax) return TooLong("Name", name.size, kNameMax, "getMaxNameLength");
  if (!SkipSpace()) return EndOfInput("an object");
  if (*at_ != ':') return Unexpected("a colon between name and value");
  ++at_;
  if (kText && frames_.size() == 1) {
    SkipSpace();
    members_.push_back({abi::Text(name), {at_, 0}});
  }
  stack_.push_back(name);
  return true;
}

bool JsonReader::Open(bool object) {
  if (frames_.size() >= kJsonReadDepthMax) {
    return TooLong("Document nesting depth", kJsonReadDepthMax + 1, kJsonReadDepthMax,
                   "getMaxNestingDepth");
  }
  ++at_;
  frames_.push_back({static_cast<uint32_t>(stack_.size()), object});
  return true;
}

void JsonReader::Close() {
  const Frame frame = frames_.back();
  frames_.pop_back();
  sluice_value* const values = stack_.data() + frame.start;
  size_t count = stack_.size() - frame.start;
  sluice_value made;
  if (frame.object) {
    static_assert(sizeof(sluice_map_entry) == 2 * sizeof(sluice_value));
    count = MergeNames(values, count / 2);
    auto* entries = arena_->NewArray<sluice_map_entry>(count);
    if (count != 0) std::memcpy(entries, values, count * sizeof(sluice_map_entry));
    made = abi::Map(entries, count);
  } else {
    auto* items = arena_->NewArray<sluice_value>(count);
    if (count != 0) std::memcpy(items, values, count * sizeof(sluice_value));
    made = abi::Array(items, count);
  }
  stack_.resize(frame.start);
  stack_.push_back(made);
}

bool JsonReader::Fail(const char* java_class, std::string message) {
  const char* place = std::min(at_, end_);
  const auto line = 1 + std::count(begin_, place, '\n');
  const char* line_start = place;
  while (line_start > begin_ && line_start[-1] != '\n') --line_start;
  error_ = ExceptionError(absl::StatusCode::kInvalidArgument, java_class,
                          StrCat(message, " at line: ", line,
                                 ", column: ", static_cast<int64_t>(place - line_start) + 1));
  return false;
}

bool JsonReader::Unexpected(std::string_view expected) {
  if (at_ >= end_) return EndOfInput("a string");
  return Fail(kParseException,
              StrCat("Unexpected character (", Show(*at_), "): was expecting ", expected));
}

bool JsonReader::EndOfInput(std::string_view within) {
  at_ = end_;
  return Fail(kEofException, StrCat("Unexpected end of input within ", within));
}

bool JsonReader::TooLong(std::string_view what, size_t length, size_t max,
                         std::string_view getter) {
  const std::string_view measure = what == "Document nesting depth" ? "" : " length";
  return Fail(kConstraintsException,
              StrCat(what, measure, " (", length, ") exceeds the maximum allowed (", max,
                     ", from `StreamReadConstraints.", getter, "()`)"));
}

}  // namespace sluice::record
