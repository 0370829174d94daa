#include "connectors/shared/unknown_keys.h"

#include <algorithm>
#include <string>

namespace sluice::shared {
namespace {

constexpr std::string_view kNoSuchKey = "This connector has no such key. ";

std::string_view FirstWord(std::string_view key) { return key.substr(0, key.find('.')); }

// `beginning` is a name, or a beginning if it ends with a dot.
bool IsOf(std::string_view key, std::string_view beginning) {
  return beginning.ends_with('.') ? key.starts_with(beginning) : key == beginning;
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

// A short name has neighbours that mean something else. One of four letters (file, mode, seed) is
// near with a letter more, one less, or two that changed places.
bool IsNear(std::string_view given, std::string_view known) {
  if (known.size() == 4) {
    return given != known && Distance(given, known, 1) <= 1 &&
           (given.size() != 4 || std::is_permutation(given.begin(), given.end(), known.begin()));
  }
  const size_t most = std::min<size_t>(known.size() / 5, 2);
  return most > 0 && given != known && Distance(given, known, most) <= most;
}

// The worker's keys that are misspelt as a whole. Not topics: a topic is a connector's.
constexpr std::string_view kWorkersNames[] = {
    "connector.class",
    "connector.plugin.version",
    "tasks.max",
    "tasks.max.enforce",
    "topics.regex",
    "key.converter",
    "value.converter",
    "header.converter",
    "transforms",
    "predicates",
    "errors.tolerance",
    "errors.retry.timeout",
    "errors.retry.delay.max.ms",
    "errors.log.enable",
    "errors.log.include.messages",
    "errors.deadletterqueue.topic.name",
    "errors.deadletterqueue.topic.replication.factor",
    "errors.deadletterqueue.context.headers.enable",
    "config.action.reload",
    "exactly.once.support",
    "transaction.boundary",
    "offsets.storage.topic",
};

// Those that have keys of others behind them.
constexpr std::string_view kWorkersBeginnings[] = {
    "key.converter.",     "value.converter.",   "header.converter.",
    "consumer.override.", "producer.override.", "admin.override.",
    "topic.creation.",    "transforms.",        "predicates.",
};

bool IsTheWorkers(std::string_view key) {
  static constexpr std::string_view kMore[] = {"name", "task.class", "topics", "errors.",
                                               "transaction.boundary."};
  const auto is_of = [&](std::string_view one) { return IsOf(key, one); };
  return std::any_of(std::begin(kMore), std::end(kMore), is_of) ||
         std::any_of(std::begin(kWorkersNames), std::end(kWorkersNames), is_of) ||
         std::any_of(std::begin(kWorkersBeginnings), std::end(kWorkersBeginnings), is_of);
}

// a.b. of a.b.c, for as many words as `like` has; "": there are no more.
std::string_view BeginningOf(std::string_view key, std::string_view like) {
  size_t end = 0;
  for (auto words = std::count(like.begin(), like.end(), '.'); words > 0; --words) {
    const size_t dot = key.find('.', end);
    if (dot == std::string_view::npos) return "";
    end = dot + 1;
  }
  return end < key.size() ? key.substr(0, end) : "";
}

// What of the worker's keys it is but for a letter or two; "": none.
std::string NearWorkers(std::string_view given) {
  constexpr std::string_view kErrors = "errors.";
  for (std::string_view name : kWorkersNames) {
    if (given == name) return "";
  }
  for (std::string_view name : kWorkersNames) {
    const bool both = given.starts_with(kErrors) && name.starts_with(kErrors);
    const size_t same = both ? kErrors.size() : 0;
    if (IsNear(given.substr(same), name.substr(same))) return std::string(name);
  }
  for (std::string_view beginning : kWorkersBeginnings) {
    const std::string_view own = BeginningOf(given, beginning);
    if (IsNear(own, beginning)) return sdk::Cat(beginning, given.substr(own.size()));
  }
  return "";
}

// The key is a parameter of something else, unless it is one of ours but for a letter or two behind
// the beginning: then that one, else "".
std::string NearBehind(std::string_view beginning, std::string_view given,
                       const sdk::ConfigDef& keys) {
  for (const sdk::ConfigKey& key : keys) {
    const std::string_view name = key.name();
    if (name.starts_with(beginning) &&
        IsNear(given.substr(beginning.size()), name.substr(beginning.size()))) {
      return key.name();
    }
  }
  return "";
}

// table.* and tables
bool IsOfFamily(std::string_view given, std::string_view key) {
  const std::string_view first = FirstWord(key);
  if (FirstWord(given) == first) return true;
  return key.size() > first.size() && given.size() == first.size() + 1 &&
         given.starts_with(first) && given.ends_with('s');
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
    if (std::any_of(keys.begin(), keys.end(), [&](const auto& key) { return key.name() == name; }))
      continue;
    const auto other = std::find_if(others.begin(), others.end(),
                                    [&](std::string_view one) { return IsOf(name, one); });
    if (other != others.end()) {
      const std::string meant = other->ends_with('.') ? NearBehind(*other, name, keys) : "";
      if (!meant.empty()) problems.Add(given, kNoSuchKey, "Is it meant to be ", meant, "?");
      continue;
    }
    if (const std::string meant = NearWorkers(name); !meant.empty()) {
      problems.Add(given, "There is no such key. Is it meant to be ", meant, "?");
      continue;
    }
    if (IsTheWorkers(name)) continue;
    const std::string family =
        ListOf(keys, [&](std::string_view key) { return IsOfFamily(name, key); });
    const std::string near = ListOf(keys, [&](std::string_view key) { return IsNear(name, key); });
    if (!near.empty()) {
      problems.Add(given, kNoSuchKey, "Is it meant to be ", near, "? ",
                   family.empty() ? "" : "What begins like it: ", family);
    } else if (!family.empty()) {
      problems.Add(given, "This connector has no such key; what begins like it: ", family);
    }
  }
}

}  // namespace sluice::shared
