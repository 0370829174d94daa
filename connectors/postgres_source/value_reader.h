// How a column's text becomes a value of Kafka Connect: chosen once per column, used for every row.
// Immutable, any thread.
#ifndef SLUICE_CONNECTORS_POSTGRES_SOURCE_VALUE_READER_H_
#define SLUICE_CONNECTORS_POSTGRES_SOURCE_VALUE_READER_H_

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "connectors/postgres/connection.h"
#include "connectors/sdk/record.h"
#include "connectors/sdk/value.h"
#include "connectors/shared/time_zone.h"

namespace sluice::postgres::source {

enum class NumericMapping : uint8_t { kNone, kPrecisionOnly, kBestFit, kBestFitEagerDouble };
// What timestamps are sent as.
enum class Granularity : uint8_t {
  kLogical,  // Connect's Timestamp, in milliseconds
  kMicrosLong,
  kNanosLong,
  kMicrosString,  // the number, as text
  kNanosString,
  kMicrosIso,  // 2024-02-29T12:30:00.250000
  kNanosIso,
};

struct ReadOptions {
  NumericMapping numeric = NumericMapping::kNone;
  Granularity granularity = Granularity::kLogical;
  shared::TimeZone zone;  // of the clocks that timestamps without a zone show
};

// A text that is none of its column's type, or has no place in the schema's.
struct UnreadableValue : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class ValueReader {
 public:
  ValueReader(const ResultColumn& column, const ReadOptions& options);
  // For values that are there; a nullable column's schema is this one made optional.
  const sdk::Schema& schema() const { return schema_; }
  // What it points at lies in the arena. Throws UnreadableValue.
  sdk::Value Read(std::string_view text, abi::Arena& arena) const;
  // What a user can do about a value that is unreadable, for a text.
  std::string Advice(std::string_view column) const;

 private:
  enum class Kind : uint8_t {
    kBoolean,
    kBit,
    kBits8,
    kBits,
    kInt8,
    kInt16,
    kInt32,
    kInt64,
    kFloat32,
    kFloat64,
    kMoney,
    kDecimal,
    kString,
    kBytes,
    kDate,
    kTime,
    kTimestamp,
  };
  void Choose(const ResultColumn& column, NumericMapping numeric);
  void Set(Kind kind, sdk::Schema schema);
  void ChooseNumeric(int32_t modifier, NumericMapping mapping);
  void ChooseTimestamp();
  sdk::Value ReadTimestamp(std::string_view text, abi::Arena& arena) const;

  Kind kind_ = Kind::kString;
  sdk::Schema schema_;
  int32_t scale_ = 0;
  Granularity granularity_;
  shared::TimeZone zone_;
};

}  // namespace sluice::postgres::source

#endif  // SLUICE_CONNECTORS_POSTGRES_SOURCE_VALUE_READER_H_
