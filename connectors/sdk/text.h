// Cat("a ", 1, " of ", name): one string of many pieces. The SDK has its own because it uses
// nothing of the worker's.
#ifndef SLUICE_CONNECTORS_SDK_TEXT_H_
#define SLUICE_CONNECTORS_SDK_TEXT_H_

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>

namespace sluice::sdk {
namespace internal {

template <typename T>
void AppendPiece(std::string& out, const T& piece) {
  if constexpr (std::is_same_v<T, bool>) {
    out.append(piece ? "true" : "false");
  } else if constexpr (std::is_same_v<T, char>) {
    out.push_back(piece);
  } else if constexpr (std::is_arithmetic_v<T>) {
    char buffer[40];
    auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, piece);
    out.append(buffer, end);
  } else {
    out.append(std::string_view(piece));
  }
}

}  // namespace internal

template <typename... Pieces>
std::string Cat(const Pieces&... pieces) {
  std::string out;
  (internal::AppendPiece(out, pieces), ...);
  return out;
}

}  // namespace sluice::sdk

#endif  // SLUICE_CONNECTORS_SDK_TEXT_H_
