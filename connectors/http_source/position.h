// Where a stream of pages is to be resumed: which page, and what of it was sent. Plain values.
//
// As a source offset: {"offset": text, "done": 3, "mark": hex, "seen": "hex,hex", "many": 100,
// "all": hex}; what is nothing is left out.
#ifndef SLUICE_CONNECTORS_HTTP_SOURCE_POSITION_H_
#define SLUICE_CONNECTORS_HTTP_SOURCE_POSITION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "connectors/sdk/record.h"
#include "connectors/sdk/value.h"

namespace sluice::http_source {

struct Position {
  std::string offset = {};  // what ${offset} is; of NEXT_LINK: path and query, "": the first page
  // So many records of the page were sent, and the last of them has this hash. If that one is not
  // at its place any more, the page is another one: then all of it is sent, some perhaps twice.
  int64_t done = 0;
  uint64_t mark = 0;
  // Hashes of records that were sent, and that the page may bring again: those at the boundary.
  std::vector<uint64_t> seen = {};
  // Where these are more than kSeenMax: how many, and HashOfAll. If the page begins with just them
  // they are known, though not all of their hashes were stored.
  int64_t many = 0;
  uint64_t all = 0;
  friend bool operator==(const Position&, const Position&) = default;
};

// So many are stored; where `many` does not help the others come twice after a restart rather than
// not at all.
inline constexpr size_t kSeenMax = 64;

// One hash of several, whatever their order.
uint64_t HashOfAll(const std::vector<uint64_t>& hashes);

const sdk::Value* ToOffset(const Position& position, abi::Arena& arena);
// The same for the records of one page: what their offsets have in common is written once.
class OffsetWriter {
 public:
  // `page`: where the page begins. Both outlive the writer.
  OffsetWriter(const Position& page, abi::Arena& arena);
  // So many records of it are done.
  const sdk::Value* Write(int64_t done, uint64_t mark) const;

 private:
  abi::Arena& arena_;
  sdk::Value offset_, seen_, many_, all_;  // all but the first may be null
};
// What a user may have written by REST, too: `offset` as text or number, and nothing else. Throws
// ConnectException: what was expected.
Position FromOffset(const sdk::Value& offset);

}  // namespace sluice::http_source

#endif  // SLUICE_CONNECTORS_HTTP_SOURCE_POSITION_H_
