#include "runtime/storage/status_store.h"

#include <iterator>

namespace sluice::storage {
namespace {

constexpr std::string_view kNames[] = {"UNASSIGNED", "RUNNING",    "PAUSED",
                                       "FAILED",     "RESTARTING", "STOPPED"};

}  // namespace

std::string_view StateName(State state) { return kNames[static_cast<size_t>(state)]; }

std::optional<State> ParseState(std::string_view name) {
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == name) return static_cast<State>(i);
  }
  return std::nullopt;
}

}  // namespace sluice::storage
