#include "connectors/postgres_source/value_reader.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "connectors/postgres/identifier.h"
#include "connectors/postgres/oid.h"
#include "connectors/postgres_source/text_value.h"
#include "connectors/sdk/text.h"

namespace sluice::postgres::source {
namespace {

namespace schemas = sdk::schemas;

// A numeric without precision and scale has any number of digits behind its point: the original's
// schema for such.
constexpr int32_t kScaleOfAny = 127;

[[noreturn]] void Refuse(std::string_view text, std::string_view expected) {
  throw UnreadableValue(sdk::Cat("'", text.substr(0, 100), "' is not ", expected));
}

template <typename T>
T Number(std::string_view text, std::string_view expected) {
  T number{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) Refuse(text, expected);
  return number;
}

template <typename T>
T Real(std::string_view text) {
  if (text == "Infinity") return std::numeric_limits<T>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<T>::infinity();
  if (text == "NaN") return std::numeric_limits<T>::quiet_NaN();
  return Number<T>(text, "a floating point number");
}

int Hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// \x0aff
sdk::Value ReadBytes(std::string_view text, abi::Arena& arena) {
  if (!text.starts_with("\\x") || text.size() % 2 != 0) Refuse(text, "bytea in hexadecimal");
  const size_t size = text.size() / 2 - 1;
  char* bytes = arena.NewArray<char>(size);
  for (size_t i = 0; i < size; ++i) {
    const int high = Hex(text[2 * i + 2]), low = Hex(text[2 * i + 3]);
    if (high < 0 || low < 0) Refuse(text, "bytea in hexadecimal");
    bytes[i] = static_cast<char>(high * 16 + low);
  }
  return sdk::Bytes({bytes, size});
}

// 10110 in as many bytes as it takes, the last bit in the last one.
sdk::Value ReadBits(std::string_view text, abi::Arena& arena) {
  const size_t size = (text.size() + 7) / 8;
  char* bytes = arena.NewArray<char>(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const size_t from_end = text.size() - 1 - i;
    if (text[i] == '1') bytes[size - 1 - from_end / 8] |= static_cast<char>(1 << from_end % 8);
  }
  return sdk::Bytes({bytes, size});
}

// $1,234.50, or -$5.00, in any currency.
double ReadMoney(std::string_view text) {
  std::string digits;
  for (char c : text) {
    if ((c >= '0' && c <= '9') || c == '.') digits.push_back(c);
    if ((c == '-' || c == '(') && digits.empty()) digits.push_back('-');
  }
  return Number<double>(digits, "an amount of money");
}

int64_t ByteOfBits(std::string_view text) {
  uint8_t bits = 0;
  for (char c : text) bits = static_cast<uint8_t>(bits << 1 | (c == '1' ? 1 : 0));
  return static_cast<int8_t>(bits);
}

}  // namespace

ValueReader::ValueReader(const ResultColumn& column, const ReadOptions& options)
    : granularity_(options.granularity), zone_(options.zone) {
  Choose(column, options.numeric);
}

void ValueReader::Choose(const ResultColumn& column, NumericMapping numeric) {
  switch (column.type) {
    case kOidBool:
      return Set(Kind::kBoolean, schemas::Boolean());
    case kOidInt2:
      return Set(Kind::kInt16, schemas::Int16());
    case kOidInt4:
      return Set(Kind::kInt32, schemas::Int32());
    case kOidInt8:
    case kOidOid:
      return Set(Kind::kInt64, schemas::Int64());
    case kOidFloat4:
      return Set(Kind::kFloat32, schemas::Float32());
    case kOidFloat8:
      return Set(Kind::kFloat64, schemas::Float64());
    case kOidMoney:
      return Set(Kind::kMoney, schemas::Float64());
    case kOidNumeric:
      return ChooseNumeric(column.modifier, numeric);
    case kOidBytea:
      return Set(Kind::kBytes, schemas::Bytes());
    case kOidBit:
      if (column.modifier == 1) return Set(Kind::kBit, schemas::Boolean());
      if (column.modifier > 1 && column.modifier <= 8) return Set(Kind::kBits8, schemas::Int8());
      return Set(Kind::kBits, schemas::Bytes());
    case kOidVarbit:
      return Set(Kind::kBits, schemas::Bytes());
    case kOidDate:
      return Set(Kind::kDate, schemas::Date());
    case kOidTime:
    case kOidTimeTz:
      return Set(Kind::kTime, schemas::Time());
    case kOidTimestamp:
    case kOidTimestampTz:
      return ChooseTimestamp();
    default:  // strings, and what Connect has no type for: as PostgreSQL writes it
      return Set(Kind::kString, schemas::String());
  }
}

void ValueReader::Set(Kind kind, sdk::Schema schema) {
  kind_ = kind;
  schema_ = std::move(schema);
}

void ValueReader::ChooseNumeric(int32_t modifier, NumericMapping mapping) {
  const auto decimal = [&](int32_t scale, int32_t precision) {
    scale_ = scale;
    sdk::SchemaBuilder builder(SLUICE_BYTES);
    builder.Name(abi::kDecimalName).Version(1).Parameter("scale", sdk::Cat(scale));
    if (precision > 0) builder.Parameter("connect.decimal.precision", sdk::Cat(precision));
    Set(Kind::kDecimal, builder.Build());
  };
  const bool eager = mapping == NumericMapping::kBestFitEagerDouble;
  if (modifier < 4) {
    return eager ? Set(Kind::kFloat64, schemas::Float64()) : decimal(kScaleOfAny, 0);
  }
  const int32_t precision = (modifier - 4) >> 16 & 0xFFFF;
  const int32_t scale = (((modifier - 4) & 0x7FF) ^ 1024) - 1024;  // 11 bits with a sign
  // Digits of a whole number, with the zeros that a negative scale stands for.
  const int32_t digits = precision - std::min(scale, 0);
  const bool best = mapping == NumericMapping::kBestFit || eager;
  const bool whole = best ? scale <= 0 : mapping == NumericMapping::kPrecisionOnly && scale == 0;
  if (whole && digits <= 2) return Set(Kind::kInt8, schemas::Int8());
  if (whole && digits <= 4) return Set(Kind::kInt16, schemas::Int16());
  if (whole && digits <= 9) return Set(Kind::kInt32, schemas::Int32());
  if (whole && digits <= 18) return Set(Kind::kInt64, schemas::Int64());
  if (best && scale > 0 && (eager || precision <= 18)) {
    return Set(Kind::kFloat64, schemas::Float64());
  }
  decimal(scale, precision);
}

void ValueReader::ChooseTimestamp() {
  switch (granularity_) {
    case Granularity::kLogical:
      return Set(Kind::kTimestamp, schemas::Timestamp());
    case Granularity::kMicrosLong:
    case Granularity::kNanosLong:
      return Set(Kind::kTimestamp, schemas::Int64());
    default:
      return Set(Kind::kTimestamp, schemas::String());
  }
}

sdk::Value ValueReader::ReadTimestamp(std::string_view text, abi::Arena& arena) const {
  const int64_t micros = source::ReadTimestamp(text, zone_);
  int64_t nanos = 0;
  const bool of_nanos =
      granularity_ == Granularity::kNanosLong || granularity_ == Granularity::kNanosString;
  if (of_nanos && __builtin_mul_overflow(micros, int64_t{1000}, &nanos)) {
    throw UnreadableValue(sdk::Cat("'", text, "' is beyond what nanoseconds in 64 bits reach"));
  }
  switch (granularity_) {
    case Granularity::kLogical:
      return sdk::Timestamp(micros / 1000 - (micros % 1000 < 0 ? 1 : 0));
    case Granularity::kMicrosLong:
      return sdk::Int64(micros);
    case Granularity::kNanosLong:
      return sdk::Int64(nanos);
    case Granularity::kMicrosString:
      return arena.CopyString(std::to_string(micros));
    case Granularity::kNanosString:
      return arena.CopyString(std::to_string(nanos));
    case Granularity::kMicrosIso:
    case Granularity::kNanosIso:
      break;
  }
  std::string iso = TimestampText(micros, false, zone_);
  if (const size_t blank = iso.find(' '); blank != std::string::npos) iso[blank] = 'T';
  if (granularity_ == Granularity::kNanosIso) iso += "000";
  return arena.CopyString(iso);
}

std::string ValueReader::Advice(std::string_view column) const {
  const std::string quoted = Quoting(true)(column);
  if (kind_ != Kind::kDecimal) {
    return sdk::Cat("Mend the row, or read it as text by a query that casts: ", quoted, "::text");
  }
  // numeric.mapping makes whole numbers of those without a scale.
  const std::string mapping =
      scale_ > 0 ? "set numeric.mapping=best_fit_eager_double (float64), or " : "";
  return sdk::Cat("Mend the row, or ", mapping, "read it by a query that casts: ", quoted,
                  "::float8, ", quoted, "::text, or nullif(", quoted, ", 'NaN')");
}

sdk::Value ValueReader::Read(std::string_view text, abi::Arena& arena) const {
  switch (kind_) {
    case Kind::kBoolean:
      return sdk::Boolean(text == "t");
    case Kind::kBit:
      return sdk::Boolean(text == "1");
    case Kind::kBits8:
      return sdk::Int8(static_cast<int8_t>(ByteOfBits(text)));
    case Kind::kBits:
      return ReadBits(text, arena);
    case Kind::kInt8:
      return sdk::Int8(Number<int8_t>(text, "a whole number of 8 bits"));
    case Kind::kInt16:
      return sdk::Int16(Number<int16_t>(text, "a whole number of 16 bits"));
    case Kind::kInt32:
      return sdk::Int32(Number<int32_t>(text, "a whole number of 32 bits"));
    case Kind::kInt64:
      return sdk::Int64(Number<int64_t>(text, "a whole number of 64 bits"));
    case Kind::kFloat32:
      return sdk::Float32(Real<float>(text));
    case Kind::kFloat64:
      return sdk::Float64(Real<double>(text));
    case Kind::kMoney:
      return sdk::Float64(ReadMoney(text));
    case Kind::kDecimal:
      return abi::Decimal(ReadDecimal(text, scale_, arena));
    case Kind::kString:
      return arena.CopyString(text);
    case Kind::kBytes:
      return ReadBytes(text, arena);
    case Kind::kDate:
      return sdk::Date(ReadDate(text));
    case Kind::kTime:
      return sdk::Time(static_cast<int32_t>(ReadTime(text) / 1000));
    case Kind::kTimestamp:
      return ReadTimestamp(text, arena);
  }
  return sdk::Null();
}

}  // namespace sluice::postgres::source
