// {"schema":..,"payload":..} as JsonConverter reads it. Most messages of a topic carry the same
// schema, byte for byte: it is recognised without being parsed, and only the payload is read. One
// per converter, on its thread.
#ifndef SLUICE_RUNTIME_CONVERT_JSON_ENVELOPE_H_
#define SLUICE_RUNTIME_CONVERT_JSON_ENVELOPE_H_

#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/lru_cache.h"
#include "runtime/convert/json_read.h"
#include "runtime/record/json_reader.h"

namespace sluice::convert {

class JsonEnvelope {
 public:
  JsonEnvelope(size_t cache_size, JsonReadOptions options)
      : options_(options), schemas_(cache_size) {}

  // The quick way: true if `text` is an envelope in the usual order with one of the latest schemas,
  // and could be read. False says nothing: then use Read.
  bool TryKnown(std::string_view text, record::JsonReader& reader, record::BatchMemory& memory,
                record::SchemaAndValue& result);
  // Any envelope, read before with JsonNumbers::kText. DataException: it is none, or its schema or
  // payload is wrong.
  StatusOr<record::SchemaAndValue> Read(const sluice_value& root,
                                        const std::vector<record::JsonReader::Member>& members,
                                        record::BatchMemory& memory);

 private:
  struct Known {
    std::string text;  // begins with {, so that it ends where its last } stands
    abi::SchemaRef schema;
  };
  static constexpr size_t kKnownMax = 4;

  StatusOr<abi::SchemaRef> SchemaOf(const sluice_value& node, std::string_view text,
                                    record::BatchMemory& memory);
  void Remember(std::string_view text, const abi::SchemaRef& schema);

  const JsonReadOptions options_;
  LruCache<abi::SchemaRef> schemas_;  // by their JSON text
  std::vector<Known> known_;          // the latest first
};

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_JSON_ENVELOPE_H_
