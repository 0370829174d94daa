// Bytes of Kafka <-> values of Connect. A task makes its converters once, from configuration, and
// calls them for every record on its own thread; nothing here is shared between threads but the
// clients of schema registries.
//
// Errors are DataException (record at fault: tolerable) or retriable (a registry that does not
// answer); the caller wraps them into the stage's handling (runtime/errors). A failed call leaves
// its outputs unchanged.
#ifndef SLUICE_RUNTIME_CONVERT_CONVERTER_H_
#define SLUICE_RUNTIME_CONVERT_CONVERTER_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/config/config_def.h"
#include "runtime/config/config_map.h"
#include "runtime/record/batch_memory.h"

namespace sluice::convert {

using record::BatchMemory;
using record::Bytes;
using record::SchemaAndValue;

class Converter {
 public:
  virtual ~Converter() = default;
  // The Java class name, for error reports.
  virtual std::string_view class_name() const = 0;
  // Serializes. The bytes are borrowed from `value` (pass-through) or live in `memory`.
  virtual StatusOr<Bytes> FromConnect(std::string_view topic, const sluice_schema* schema,
                                      const sluice_value& value, BatchMemory& memory) = 0;
  // Parses. The value may point into `bytes`, which must live as long as it is used.
  virtual StatusOr<SchemaAndValue> ToConnect(std::string_view topic, Bytes bytes,
                                             BatchMemory& memory) = 0;
  // The header in which a record may name its schema, instead of in front of its bytes; empty:
  // none.
  virtual std::string_view id_header() const { return {}; }
  // ToConnect of a record that has that header (the last one counts), with its value.
  virtual StatusOr<SchemaAndValue> ToConnectWithId(std::string_view topic, Bytes /*id*/,
                                                   Bytes bytes, BatchMemory& memory) {
    return ToConnect(topic, bytes, memory);
  }
  // What a conversion that must wait (for a registry) serves meanwhile; it answers StoppedError if
  // that says stop. Null, or never called: it just waits. It must outlive the converter's use.
  virtual void SetWaiter(Waiter*) {}
};

class HeaderConverter {
 public:
  virtual ~HeaderConverter() = default;
  virtual std::string_view class_name() const = 0;
  virtual StatusOr<Bytes> FromConnect(std::string_view topic, std::string_view key,
                                      const sluice_schema* schema, const sluice_value& value,
                                      BatchMemory& memory) = 0;
  virtual StatusOr<SchemaAndValue> ToConnect(std::string_view topic, std::string_view key,
                                             Bytes bytes, BatchMemory& memory) = 0;
};

enum class Role { kKey, kValue, kHeader };

// By Java class name, simple name or alias ("JsonConverter", "Json"), configured with its own
// settings (prefix stripped). Config error: the class is not known (names those that are), or a
// setting is wrong.
StatusOr<std::unique_ptr<Converter>> NewConverter(std::string_view class_or_alias,
                                                  const config::ConfigMap& settings, Role role);
StatusOr<std::unique_ptr<HeaderConverter>> NewHeaderConverter(std::string_view class_or_alias,
                                                              const config::ConfigMap& settings);

struct ConverterInfo {
  std::string class_name;
  bool converter;
  bool header_converter;
  const config::ConfigDef* config;  // its settings; lives for ever
};
// All that there are, by class name; for /connector-plugins and for checks.
const std::vector<ConverterInfo>& ListConverters();

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_CONVERTER_H_
