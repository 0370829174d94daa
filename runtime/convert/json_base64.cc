#include <array>

#include "runtime/base/text.h"
#include "runtime/convert/json_scalar.h"

namespace sluice::convert {
namespace {

constexpr std::array<int8_t, 256> MakeValues() {
  std::array<int8_t, 256> values{};
  for (auto& value : values) value = -1;
  int next = 0;
  for (int c = 'A'; c <= 'Z'; ++c) values[c] = static_cast<int8_t>(next++);
  for (int c = 'a'; c <= 'z'; ++c) values[c] = static_cast<int8_t>(next++);
  for (int c = '0'; c <= '9'; ++c) values[c] = static_cast<int8_t>(next++);
  values['+'] = 62;
  values['/'] = 63;
  return values;
}
constexpr std::array<int8_t, 256> kValues = MakeValues();

int ValueOf(char c) { return kValues[static_cast<unsigned char>(c)]; }

}  // namespace

bool DecodeJsonBase64(std::string_view text, abi::Arena& arena, std::string_view& bytes) {
  text = Trim(text);
  char* const begin = static_cast<char*>(arena.Allocate(text.size() / 4 * 3 + 3, 1));
  char* out = begin;
  while (true) {
    while (!text.empty() && static_cast<unsigned char>(text[0]) <= ' ') text.remove_prefix(1);
    if (text.empty()) break;
    if (text.size() < 4 || ValueOf(text[0]) < 0 || ValueOf(text[1]) < 0) return false;
    uint32_t group = static_cast<uint32_t>(ValueOf(text[0]) << 18 | ValueOf(text[1]) << 12);
    *out++ = static_cast<char>(group >> 16);
    if (ValueOf(text[2]) < 0) {
      if (text[2] != '=' || text[3] != '=') return false;
    } else {
      group |= static_cast<uint32_t>(ValueOf(text[2]) << 6);
      *out++ = static_cast<char>(group >> 8);
      if (ValueOf(text[3]) >= 0) {
        *out++ = static_cast<char>(group | static_cast<uint32_t>(ValueOf(text[3])));
      } else if (text[3] != '=') {
        return false;
      }
    }
    text.remove_prefix(4);
  }
  bytes = {begin, static_cast<size_t>(out - begin)};
  return true;
}

}  // namespace sluice::convert
