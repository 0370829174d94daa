#include "connectors/http_source/position.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace sluice::http_source {
namespace {

constexpr std::string_view kExpected =
    "expected {\"offset\": text, or a number of int64}, or what this connector has stored";

std::string Hex(uint64_t number) {
  char text[16];
  const auto [end, error] = std::to_chars(text, text + sizeof text, number, 16);
  return std::string(text, end);
}

uint64_t FromHex(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw sdk::ConnectException("The offset has '", text,
                                "' where a hexadecimal number should be; ", kExpected);
  }
  return number;
}

bool IsWhole(const sdk::Value& value) {
  return value.kind >= SLUICE_INT8 && value.kind <= SLUICE_INT64;
}

}  // namespace

uint64_t HashOfAll(const std::vector<uint64_t>& hashes) {
  uint64_t sum = 0;
  for (uint64_t hash : hashes) {  // mixed, so that they do not make up for each other
    hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9;
    hash = (hash ^ hash >> 27) * 0x94d049bb133111eb;
    sum += hash ^ hash >> 31;
  }
  return sum;
}

OffsetWriter::OffsetWriter(const Position& page, abi::Arena& arena)
    : arena_(arena),
      offset_(arena.CopyString(page.offset)),
      seen_(sdk::Null()),
      many_(sdk::Null()),
      all_(sdk::Null()) {
  if (page.many > 0) {
    many_ = sdk::Int64(page.many);
    all_ = arena.CopyString(Hex(page.all));
  }
  if (page.seen.empty()) return;
  std::string seen;
  for (size_t i = 0; i < std::min(page.seen.size(), kSeenMax); ++i) {
    seen += (i == 0 ? "" : ",") + Hex(page.seen[i]);
  }
  seen_ = arena.CopyString(seen);
}

const sdk::Value* OffsetWriter::Write(int64_t done, uint64_t mark) const {
  auto* entries = arena_.NewArray<sluice_map_entry>(6);
  size_t count = 0;
  entries[count++] = {abi::String("offset"), offset_};
  if (done > 0) {
    entries[count++] = {abi::String("done"), abi::Int64(done)};
    entries[count++] = {abi::String("mark"), arena_.CopyString(Hex(mark))};
  }
  if (!sdk::IsNull(seen_)) entries[count++] = {abi::String("seen"), seen_};
  if (!sdk::IsNull(many_)) {
    entries[count++] = {abi::String("many"), many_};
    entries[count++] = {abi::String("all"), all_};
  }
  return arena_.New(abi::Map(entries, count));
}

const sdk::Value* ToOffset(const Position& position, abi::Arena& arena) {
  return OffsetWriter(position, arena).Write(position.done, position.mark);
}

Position FromOffset(const sdk::Value& offset) {
  const sdk::Value* at = sdk::Find(offset, "offset");
  if (at == nullptr || (at->kind != SLUICE_STRING && !IsWhole(*at))) {
    throw sdk::ConnectException("The offset has no text or number 'offset'; ", kExpected);
  }
  Position position;
  position.offset = IsWhole(*at) ? sdk::Cat(at->as.int64) : std::string(sdk::Text(*at));
  const sdk::Value* done = sdk::Find(offset, "done");
  const sdk::Value* mark = sdk::Find(offset, "mark");
  if (done != nullptr && IsWhole(*done) && mark != nullptr && mark->kind == SLUICE_STRING) {
    position.done = std::max<int64_t>(done->as.int64, 0);
    position.mark = FromHex(sdk::Text(*mark));
  }
  const sdk::Value* many = sdk::Find(offset, "many");
  const sdk::Value* all = sdk::Find(offset, "all");
  if (many != nullptr && IsWhole(*many) && all != nullptr && all->kind == SLUICE_STRING) {
    position.many = std::max<int64_t>(many->as.int64, 0);
    position.all = FromHex(sdk::Text(*all));
  }
  const sdk::Value* seen = sdk::Find(offset, "seen");
  if (seen == nullptr || seen->kind != SLUICE_STRING) return position;
  std::string_view rest = sdk::Text(*seen);
  while (!rest.empty() && position.seen.size() < kSeenMax) {
    const size_t comma = std::min(rest.find(','), rest.size());
    position.seen.push_back(FromHex(rest.substr(0, comma)));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return position;
}

}  // namespace sluice::http_source
