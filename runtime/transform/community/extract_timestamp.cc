// Aiven's ExtractTimestamp: the record's timestamp comes from a field.
#include <limits>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/record/value.h"
#include "runtime/transform/community/community.h"
#include "runtime/transform/key_and_value.h"

namespace sluice::transform {
namespace {

using config::ConfigType;
using config::Importance;

constexpr std::string_view kName = "io.aiven.kafka.connect.transforms.ExtractTimestamp";

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = [] {
    config::ConfigKey field = RequiredKey(
        "field.name", ConfigType::kString, Importance::kHigh,
        "Name of the field with the timestamp: INT64, or a logical Timestamp, not null.");
    field.validator = config::Validator::NonEmpty();
    config::ConfigKey resolution =
        OptionalKey("timestamp.resolution", ConfigType::kString, "milliseconds", Importance::kLow,
                    "What an INT64 counts since the epoch: seconds or milliseconds.");
    resolution.validator =
        config::Validator::Custom([](std::string_view text) -> std::optional<std::string> {
          if (text == "seconds" || text == "milliseconds") return std::nullopt;
          return StrCat("Unsupported resolution type '", text,
                        "'. Supported are: milliseconds, seconds");
        });
    return new config::ConfigDef({field, resolution});
  }();
  return *definition;
}

// TimeUnit.SECONDS.toMillis: what is too large is the largest there is.
int64_t SecondsToMillis(int64_t seconds) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  if (seconds > kMax / 1000) return kMax;
  if (seconds < -(kMax / 1000)) return std::numeric_limits<int64_t>::min();
  return seconds * 1000;
}

class ExtractTimestamp : public FieldTransform {
 public:
  ExtractTimestamp(Side side, const config::ParsedConfig& parsed)
      : FieldTransform(kName, side),
        place_(PlaceName(side)),
        field_(parsed.Text("field.name")),
        seconds_(parsed.Text("timestamp.resolution") == "seconds") {}

  StatusOr<bool> Apply(sluice_record& record, BatchMemory&) override {
    const sluice_value& from = value(record);
    if (from.kind == SLUICE_NULL) return RecordError(StrCat(place_, " can't be null"), record);
    const sluice_value* found = nullptr;
    if (from.kind == SLUICE_STRUCT) {
      found = NamedField(*from.as.structure, field_);
    } else if (from.kind == SLUICE_MAP) {
      found = abi::Find(from, field_);
    } else {
      return RecordError(StrCat(place_, " type must be STRUCT or MAP"), record);
    }
    if (found == nullptr || found->kind == SLUICE_NULL) {
      return RecordError(StrCat(field_, " field must be present and its value can't be null"),
                         record);
    }
    if (found->kind == SLUICE_INT64) {
      record.timestamp = seconds_ ? SecondsToMillis(found->as.int64) : found->as.int64;
    } else if (record::IsDateKind(found->kind)) {
      record.timestamp = record::DateMillis(*found);
    } else {
      return RecordError(
          StrCat(field_, " field must be INT64 or org.apache.kafka.connect.data.Timestamp"),
          record);
    }
    return true;
  }

 private:
  const std::string_view place_;
  const std::string field_;
  const bool seconds_;
};

template <Side side>
StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  return std::make_unique<ExtractTimestamp>(side, parsed);
}

}  // namespace

void AddExtractTimestamp(std::vector<TransformClass>& classes) {
  SLUICE_ADD_KEY_AND_VALUE(classes, kName, Definition(), Make);
}

}  // namespace sluice::transform
