// The id of a record's schema as it stands in front of the record's bytes, or in a header: a byte 0
// and the id's four bytes, or a byte 1 and the sixteen of a GUID. Pure, for registry_converter.cc.
#ifndef SLUICE_RUNTIME_CONVERT_SCHEMA_ID_H_
#define SLUICE_RUNTIME_CONVERT_SCHEMA_ID_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::convert {

struct SchemaId {
  std::string_view bytes;  // 4, or 16 of a GUID

  bool is_guid() const { return bytes.size() > 4; }
  int32_t number() const;    // of one that is no GUID
  std::string Text() const;  // "7", or "89791762-2336-186f-9674-180a8e330b35"
};

// Takes it off the front of `bytes`; nothing if there is none.
std::optional<SchemaId> TakeSchemaId(std::string_view& bytes);

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_SCHEMA_ID_H_
