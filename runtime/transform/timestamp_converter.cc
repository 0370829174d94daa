// TimestampConverter: a time, as one of a text, a number and Connect's Date, Time and Timestamp,
// becomes another of them.
#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "runtime/base/clock.h"
#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/record/calendar.h"
#include "runtime/record/java_date_format.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"
#include "runtime/transform/builtin.h"
#include "runtime/transform/field_transform.h"
#include "runtime/transform/schema_cache.h"

namespace sluice::transform {
namespace {

using record::JavaDateFormat;
using record::Logical;
using record::SchemaBuilder;
using record::SchemaRef;

constexpr std::string_view kName = "org.apache.kafka.connect.transforms.TimestampConverter";
constexpr std::string_view kPurpose = "converting timestamp formats";

enum class Type { kString, kUnix, kDate, kTime, kTimestamp };
constexpr std::string_view kTypes[] = {"string", "unix", "Date", "Time", "Timestamp"};
enum class Precision { kNanos, kMicros, kMillis, kSeconds };
constexpr std::string_view kPrecisions[] = {"nanoseconds", "microseconds", "milliseconds",
                                            "seconds"};

template <typename Enum, size_t size>
Enum ByName(const std::string_view (&names)[size], std::string_view name) {
  return static_cast<Enum>(std::find(names, names + size, name) - names);
}

config::ConfigKey TextKey(std::string_view name, std::optional<std::string> otherwise,
                          config::Importance importance, std::string_view documentation) {
  config::ConfigKey key;
  key.name = std::string(name);
  key.default_value = std::move(otherwise);
  key.importance = importance;
  key.documentation = std::string(documentation);
  return key;
}

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = [] {
    using config::Importance;
    config::ConfigKey target =
        TextKey("target.type", std::nullopt, Importance::kHigh,
                "What the time becomes: string, unix, Date, Time or Timestamp.");
    target.required = true;
    target.validator = config::Validator::OneOf({std::begin(kTypes), std::end(kTypes)});
    config::ConfigKey precision =
        TextKey("unix.precision", "milliseconds", Importance::kLow,
                "The unit of numbers, read and written. What is finer than a millisecond is lost.");
    precision.validator =
        config::Validator::OneOf({std::begin(kPrecisions), std::end(kPrecisions)});
    return new config::ConfigDef(
        {TextKey("field", "", Importance::kHigh,
                 "The field with the time; empty: the whole key or value is one."),
         target,
         TextKey("format", "", Importance::kMedium,
                 "How texts with times are read and written, as java.text.SimpleDateFormat has it, "
                 "in UTC."),
         precision, ReplaceNullKey()});
  }();
  return *definition;
}

struct Settings {
  std::string field;
  Type target;
  Precision precision;
  std::optional<JavaDateFormat> format;
  bool with_default;
};

int64_t Saturated(int64_t number, int64_t factor) {
  int64_t product;
  if (!__builtin_mul_overflow(number, factor, &product)) return product;
  return number < 0 ? INT64_MIN : INT64_MAX;
}

// Between times of all types, by milliseconds since the epoch.
class Times {
 public:
  explicit Times(const Settings& settings) : settings_(settings) {}

  StatusOr<int64_t> Millis(const sluice_value& value, Type type) const {
    switch (type) {
      case Type::kString:
        return FromText(value);
      case Type::kUnix:
        if (value.kind == SLUICE_INT64) return FromUnix(value.as.int64);
        return Unexpected("Unix timestamp to be a Long", value);
      default:
        if (record::IsDateKind(value.kind)) return record::DateMillis(value);
        return Unexpected(StrCat(kTypes[static_cast<size_t>(type)], " to be a java.util.Date"),
                          value);
    }
  }

  sluice_value Value(int64_t millis, abi::Arena& arena) {
    switch (settings_.target) {
      case Type::kString:
        scratch_.clear();
        settings_.format->Append(scratch_, millis);
        return abi::String(arena.Copy(scratch_));
      case Type::kUnix:
        return abi::Int64(ToUnix(millis));
      case Type::kDate:
        return abi::Integer(SLUICE_DATE, record::DayOfMillis(millis));
      case Type::kTime:
        return abi::Integer(SLUICE_TIME, record::MillisOfDay(millis));
      case Type::kTimestamp:
        break;
    }
    return abi::Integer(SLUICE_TIMESTAMP, millis);
  }

  const sluice_schema* Schema(bool optional) const {
    constexpr sluice_kind kKinds[] = {SLUICE_STRING, SLUICE_INT64, SLUICE_DATE, SLUICE_TIME,
                                      SLUICE_TIMESTAMP};
    const sluice_kind kind = kKinds[static_cast<size_t>(settings_.target)];
    return optional ? record::OptionalSchema(kind) : record::RequiredSchema(kind);
  }

 private:
  static Status Unexpected(std::string_view expected, const sluice_value& value) {
    return DataError(StrCat("Expected ", expected, ", but found ", record::JavaClassText(value)));
  }

  StatusOr<int64_t> FromText(const sluice_value& value) const {
    if (value.kind != SLUICE_STRING) return Unexpected("string timestamp to be a String", value);
    if (!settings_.format) {
      return ExceptionError(absl::StatusCode::kInvalidArgument, "java.lang.NullPointerException",
                            "TimestampConverter needs its format to read a time from a text");
    }
    if (const auto millis = settings_.format->Parse(abi::Text(value))) return *millis;
    return DataError(StrCat("Could not parse timestamp: value (", abi::Text(value),
                            ") does not match pattern (", settings_.format->pattern(), ")"));
  }

  int64_t FromUnix(int64_t number) const {
    switch (settings_.precision) {
      case Precision::kSeconds:
        return Saturated(number, 1000);
      case Precision::kMicros:
        return number / 1000;
      case Precision::kNanos:
        return number / 1'000'000;
      case Precision::kMillis:
        break;
    }
    return number;
  }
  int64_t ToUnix(int64_t millis) const {
    switch (settings_.precision) {
      case Precision::kSeconds:
        return millis / 1000;
      case Precision::kMicros:
        return Saturated(millis, 1000);
      case Precision::kNanos:
        return Saturated(millis, 1'000'000);
      case Precision::kMillis:
        break;
    }
    return millis;
  }

  const Settings& settings_;
  std::string scratch_;
};

StatusOr<Type> TypeOf(const sluice_schema& schema) {
  switch (record::LogicalOf(&schema)) {
    case Logical::kTimestamp:
      return Type::kTimestamp;
    case Logical::kDate:
      return Type::kDate;
    case Logical::kTime:
      return Type::kTime;
    default:
      break;
  }
  if (schema.type == SLUICE_STRING) return Type::kString;
  if (schema.type == SLUICE_INT64) return Type::kUnix;
  return ConnectError(StrCat("Schema ", record::SchemaText(schema),
                             " does not correspond to a known timestamp type format"));
}

StatusOr<Type> TypeOf(const sluice_value& value) {
  if (record::IsDateKind(value.kind)) return Type::kTimestamp;
  if (value.kind == SLUICE_INT64) return Type::kUnix;
  if (value.kind == SLUICE_STRING) return Type::kString;
  return DataError(StrCat("TimestampConverter does not support ", record::JavaClassText(value),
                          " objects as timestamps"));
}

class TimestampConverter : public FieldTransform {
 public:
  TimestampConverter(Side side, Settings settings)
      : FieldTransform(kName, side), settings_(std::move(settings)), times_(settings_) {}

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    const sluice_schema* from = schema(record);
    if (from != nullptr && !settings_.field.empty()) {
      SLUICE_RETURN_IF_ERROR(ApplyToStruct(record, memory));
    } else if (from != nullptr) {
      SLUICE_ASSIGN_OR_RETURN(const Type type, TypeOf(*from));
      SLUICE_ASSIGN_OR_RETURN(value(record), Converted(value(record), type, memory.arena()));
      schema(record) = times_.Schema(from->optional != 0);
    } else if (settings_.field.empty() || value(record).kind == SLUICE_NULL) {
      SLUICE_ASSIGN_OR_RETURN(value(record), Converted(value(record), memory.arena()));
    } else {
      SLUICE_RETURN_IF_ERROR(ApplyToMap(record, memory));
    }
    return true;
  }

 private:
  struct Plan {
    SchemaRef schema;
    int index;  // of the field, or -1
  };

  StatusOr<sluice_value> Converted(const sluice_value& from, Type type, abi::Arena& arena) {
    if (from.kind == SLUICE_NULL) return from;
    SLUICE_ASSIGN_OR_RETURN(const int64_t millis, times_.Millis(from, type));
    return times_.Value(millis, arena);
  }
  StatusOr<sluice_value> Converted(const sluice_value& from, abi::Arena& arena) {
    if (from.kind == SLUICE_NULL) return from;
    SLUICE_ASSIGN_OR_RETURN(const Type type, TypeOf(from));
    return Converted(from, type, arena);
  }

  Status ApplyToMap(sluice_record& record, BatchMemory& memory) {
    const sluice_value& map = value(record);
    SLUICE_RETURN_IF_ERROR(RequireMap(map, kPurpose));
    auto* entries = memory.arena().NewArray<sluice_map_entry>(map.size + 1);
    std::copy(map.as.entries, map.as.entries + map.size, entries);
    const size_t at = FindEntry(entries, map.size, settings_.field);
    if (at == map.size) {
      entries[at] = {abi::String(settings_.field), abi::Null()};
    } else {
      SLUICE_ASSIGN_OR_RETURN(entries[at].value, Converted(entries[at].value, memory.arena()));
    }
    value(record) = abi::Map(entries, at == map.size ? at + 1 : map.size);
    return OkStatus();
  }

  Status ApplyToStruct(sluice_record& record, BatchMemory& memory) {
    const sluice_schema& from = *schema(record);
    if (value(record).kind != SLUICE_NULL) {
      SLUICE_RETURN_IF_ERROR(RequireStruct(value(record), kPurpose));
    }
    const Plan* plan = cache_.Find(from);
    if (plan == nullptr) {
      SLUICE_ASSIGN_OR_RETURN(Plan made, MakePlan(from));
      plan = cache_.Put(from, std::move(made));
    }
    if (value(record).kind == SLUICE_STRUCT) {
      SLUICE_ASSIGN_OR_RETURN(const sluice_value* values, Values(*value(record).as.structure, *plan,
                                                                 *plan->schema, memory.arena()));
      value(record) = memory.arena().NewStruct(plan->schema.get(), values);
    }
    schema(record) = memory.Keep(plan->schema);
    return OkStatus();
  }

  StatusOr<const sluice_value*> Values(const sluice_struct& from, const Plan& plan,
                                       const sluice_schema& becomes, abi::Arena& arena) {
    auto* values = arena.NewArray<sluice_value>(from.schema->field_count);
    for (uint32_t i = 0; i < from.schema->field_count; ++i) {
      values[i] = FieldValue(from, i, settings_.with_default);
      if (static_cast<int>(i) == plan.index) {
        SLUICE_ASSIGN_OR_RETURN(const Type type, TypeOf(*from.schema->fields[i].schema));
        SLUICE_ASSIGN_OR_RETURN(values[i], Converted(values[i], type, arena));
      }
      const sluice_field& field = becomes.fields[i];
      if (IsMissing(*field.schema, values[i])) {
        return NullInRequiredField(abi::View(field.name), *field.schema);
      }
    }
    return values;
  }

  StatusOr<Plan> MakePlan(const sluice_schema& from) {
    SLUICE_RETURN_IF_ERROR(RequireFields(from));
    Plan plan{{}, abi::FieldIndex(from, settings_.field)};
    SchemaBuilder builder = StructLike(from);
    builder.Optional(from.optional != 0);
    for (uint32_t i = 0; i < from.field_count; ++i) {
      const sluice_field& field = from.fields[i];
      const bool converted = static_cast<int>(i) == plan.index;
      builder.Field(
          abi::View(field.name),
          SchemaRef(converted ? times_.Schema(field.schema->optional != 0) : field.schema));
    }
    if (from.default_value != nullptr) {
      abi::Arena arena(1024);
      const SchemaRef without_default = builder.Build();
      SLUICE_ASSIGN_OR_RETURN(const sluice_value* values, Values(*from.default_value->as.structure,
                                                                 plan, *without_default, arena));
      SLUICE_RETURN_IF_ERROR(SetDefault(builder, arena.NewStruct(without_default.get(), values)));
      plan.schema = builder.Build();
      return plan;
    }
    plan.schema = builder.Build();
    return plan;
  }

  const Settings settings_;
  Times times_;
  SchemaCache<Plan> cache_;
};

// Java's text takes the cause for the value.
Status BadFormat(const Status& cause, std::string_view format) {
  return ConfigError(StrCat(
      "Invalid value ", Describe(cause),
      " for configuration TimestampConverter requires a SimpleDateFormat-compatible pattern for "
      "string timestamps: ",
      format));
}

template <Side side>
StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  const std::string& pattern = parsed.Text("format");
  Settings typed{parsed.Text("field"), ByName<Type>(kTypes, parsed.Text("target.type")),
                 ByName<Precision>(kPrecisions, parsed.Text("unix.precision")), std::nullopt,
                 parsed.Bool("replace.null.with.default")};
  if (!pattern.empty()) {
    auto format = JavaDateFormat::Compile(pattern, Clock::System().WallMillis());
    if (!format.ok()) return BadFormat(format.status(), pattern);
    typed.format = *std::move(format);
  } else if (typed.target == Type::kString) {
    return ConfigError(
        "TimestampConverter requires format option to be specified when using string timestamps");
  }
  return std::make_unique<TimestampConverter>(side, std::move(typed));
}

}  // namespace

void AddTimestampConverter(std::vector<TransformClass>& classes) {
  SLUICE_ADD_KEY_AND_VALUE(classes, kName, Definition(), Make);
}

}  // namespace sluice::transform
