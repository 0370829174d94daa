// Versions of plugins, ordered as Maven orders them, and the ranges of `connector.plugin.version`.
// Plain values and pure functions, any thread.
#ifndef SLUICE_RUNTIME_PLUGIN_VERSION_H_
#define SLUICE_RUNTIME_PLUGIN_VERSION_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"

namespace sluice::plugin {

// Below 0, 0 or above, as Maven's ComparableVersion: 1.0 = 1, 1.0-alpha < 1.0-rc < 1.0-SNAPSHOT
// < 1.0 < 1.0-sp < 1.0-1 < 1.0.1. "undefined" is the lowest of all.
int CompareVersions(std::string_view a, std::string_view b);

// "" and "latest": every version. "1.2.3": that one. Otherwise Maven's syntax: [1.0,2.0), (,3],
// [1,2),[3,4].
class VersionRange {
 public:
  // ConfigError if the text is none.
  static StatusOr<VersionRange> Parse(std::string_view text);
  bool Contains(std::string_view version) const;
  const std::string& text() const { return text_; }  // a bare version in brackets

 private:
  struct Piece {
    std::optional<std::string> low, high;
    bool low_inclusive = true, high_inclusive = true;
  };
  static StatusOr<Piece> ParsePiece(std::string_view text);
  std::string text_;
  std::vector<Piece> pieces_;  // none: every version
};

}  // namespace sluice::plugin

#endif  // SLUICE_RUNTIME_PLUGIN_VERSION_H_
