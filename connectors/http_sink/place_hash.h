// A number for records' places in Kafka, and for keys: FNV-1a. The same on every machine and in
// every version, as servers see it (Idempotency-Key). A value; any thread.
#ifndef SLUICE_CONNECTORS_HTTP_SINK_PLACE_HASH_H_
#define SLUICE_CONNECTORS_HTTP_SINK_PLACE_HASH_H_

#include <cstdint>
#include <string_view>

namespace sluice::http_sink {

class PlaceHash {
 public:
  PlaceHash& Add(std::string_view bytes) {
    for (char c : bytes) Mix(static_cast<uint8_t>(c));
    return Add(static_cast<int64_t>(bytes.size()));
  }
  PlaceHash& Add(int64_t number) {
    for (unsigned shift = 0; shift < 64; shift += 8) {
      Mix(static_cast<uint8_t>(static_cast<uint64_t>(number) >> shift));
    }
    return *this;
  }
  uint64_t value() const { return value_; }

 private:
  void Mix(uint8_t byte) { value_ = (value_ ^ byte) * 0x100000001b3; }
  uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace sluice::http_sink

#endif  // SLUICE_CONNECTORS_HTTP_SINK_PLACE_HASH_H_
