#include "connectors/shared/shown_url.h"

#include <algorithm>

namespace sluice::shared {
namespace {

constexpr std::string_view kHidden = "***";
constexpr std::string_view kJdbc = "jdbc:";

// jdbc:oracle:thin:scott/tiger@host
std::string ShownKind(std::string_view url) {
  if (!url.starts_with(kJdbc)) return std::string(kHidden);
  const size_t colon = url.find(':', kJdbc.size());
  if (colon == std::string_view::npos) return std::string(kHidden);
  return std::string(url.substr(0, colon + 1)).append(kHidden);
}

}  // namespace

std::string ShownUrl(std::string_view url) {
  const size_t scheme = url.find("://");
  const bool whole = scheme != std::string_view::npos &&
                     url.substr(0, scheme).find_first_of("/?#@") == std::string_view::npos;
  if (!whole) return ShownKind(url);
  std::string shown(url.substr(0, scheme + 3));
  url.remove_prefix(scheme + 3);
  const size_t end = std::min(url.find_first_of("/?#;"), url.size());
  std::string_view host = url.substr(0, end);
  const size_t at = host.rfind('@');
  // A password may hold what ends a host.
  if (at == std::string_view::npos && url.find('@') != std::string_view::npos) {
    return shown.append(kHidden);
  }
  if (at != std::string_view::npos) {
    shown.append(kHidden).push_back('@');
    host.remove_prefix(at + 1);
  }
  shown += host;
  if (end + 1 < url.size()) shown.append(url.substr(end, 1)).append(kHidden);
  return shown;
}

}  // namespace sluice::shared
