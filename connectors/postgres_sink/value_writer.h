// Values in PostgreSQL's binary formats. Appends to a buffer; allocates nothing of its own but for
// text of values that have no binary form. One thread at a time.
#ifndef SLUICE_CONNECTORS_POSTGRES_SINK_VALUE_WRITER_H_
#define SLUICE_CONNECTORS_POSTGRES_SINK_VALUE_WRITER_H_

#include <string>

#include "connectors/postgres_sink/byte_buffer.h"
#include "connectors/postgres_sink/encoding.h"
#include "connectors/postgres_sink/value_text.h"
#include "connectors/sdk/value.h"
#include "connectors/shared/time_zone.h"

namespace sluice::postgres::sink {

class ValueWriter {
 public:
  // `hide_values`: whoever tells of a BadValue is to leave its text out (trim.sensitive.log).
  explicit ValueWriter(shared::TimeZone zone = {}, bool hide_values = false)
      : zone_(std::move(zone)), hide_values_(hide_values) {}

  // The value with its length before it; null is the length -1. Throws BadValue if it does not fit
  // the type; what was appended is then to be cut off by the caller.
  void Put(ByteBuffer& out, const Encoding& encoding, const sluice_value& value);
  bool hides_values() const { return hide_values_; }

 private:
  void PutContent(ByteBuffer& out, const Encoding& encoding, Wire wire, const sluice_value& value);
  void PutText(ByteBuffer& out, const sluice_value& value);
  void PutJson(ByteBuffer& out, const sluice_value& value);
  void PutTimestamp(ByteBuffer& out, const sluice_value& value, Unit unit, bool zoned);
  void PutArray(ByteBuffer& out, const Encoding& encoding, const sluice_value& value);

  shared::TimeZone zone_;
  bool hide_values_;
  std::string text_;
};

// 36 characters of a UUID, with or without hyphens and braces, as 16 bytes. Throws BadValue.
void PutUuid(ByteBuffer& out, std::string_view text);

}  // namespace sluice::postgres::sink

#endif  // SLUICE_CONNECTORS_POSTGRES_SINK_VALUE_WRITER_H_
