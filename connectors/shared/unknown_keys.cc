#include "connectors/shared/unknown_keys.h"

#include <algorithm>
#include <string>

namespace sluice::shared {
namespace {

std::string_view FirstWord(std::string_view key) { return key.substr(0, key.find('.')); }

// `beginning` is a name, or a beginning if it ends with a dot.
bool IsOf(std::string_view key, std::string_view beginning) {
  return beginning.ends_with('.') ? key.starts_with(beginning) : key == beginning;
}

bool IsTheWorkers(std::string_view key) {
  static constexpr std::string_view kKeys[] = {
      "name",
      "connector.class",
      "connector.plugin.version",
      "tasks.max",
      "tasks.max.enforce",
      "task.class",
      "topics",
      "topics.regex",
      "key.converter",
      "key.converter.",
      "value.converter",
      "value.converter.",
      "header.converter",
      "header.converter.",
      "transforms",
      "transforms.",
      "predicates",
      "predicates.",
      "errors.",
      "config.action.reload",
      "consumer.override.",
      "producer.override.",
      "admin.override.",
      "topic.creation.",
      "exactly.once.support",
      "transaction.boundary",
      "transaction.boundary.",
      "offsets.storage.topic",
  };
  return std::any_of(std::begin(kKeys), std::end(kKeys),
                     [&](std::string_view one) { return IsOf(key, one); });
}

// How many letters to insert, drop, replace or swap with their neighbour; `most` + 1 if more.
size_t Distance(std::string_view a, std::string_view b, size_t most) {
  if (a.size() > b.size() + most || b.size() > a.size() + most) return most + 1;
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      now[j] = std::min({replaced, last[j] + 1, now[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        now[j] = std::min(now[j], before[j - 2] + 1);
      }
    }
    before.swap(last);
    last.swap(now);
  }
  return std::min(last[b.size()], most + 1);
}

// A short name has neighbours that mean something else.
bool IsNear(std::string_view given, std::string_view known) {
  const size_t most = std::min<size_t>(known.size() / 5, 2);
  return most > 0 && Distance(given, known, most) <= most;
}

// What of `keys` `given` may be meant to be, as a list.
template <typename Alike>
std::string ListOf(const sdk::ConfigDef& keys, Alike&& alike) {
  std::string list;
  for (const sdk::ConfigKey& key : keys) {
    if (alike(key.name())) list += sdk::Cat(list.empty() ? "" : ", ", key.name());
  }
  return list;
}

}  // namespace

void ReportUnknownKeys(const sdk::Config& config, const sdk::ConfigDef& keys,
                       const std::vector<std::string_view>& others, sdk::Problems& problems) {
  for (const auto& [given, value] : config.given()) {
    const std::string_view name = given;
    const bool known =
        IsTheWorkers(name) ||
        std::any_of(others.begin(), others.end(),
                    [&](std::string_view one) { return IsOf(name, one); }) ||
        std::any_of(keys.begin(), keys.end(), [&](const auto& key) { return key.name() == name; });
    if (known) continue;
    const std::string family =
        ListOf(keys, [&](std::string_view key) { return FirstWord(key) == FirstWord(name); });
    const std::string near = ListOf(keys, [&](std::string_view key) { return IsNear(name, key); });
    if (!near.empty()) {
      problems.Add(given, "This connector has no such key. Is it meant to be ", near, "? ",
                   family.empty() ? "" : "What begins like it: ", family);
    } else if (!family.empty()) {
      problems.Add(given, "This connector has no such key; what begins like it: ", family);
    }
  }
}

}  // namespace sluice::shared
