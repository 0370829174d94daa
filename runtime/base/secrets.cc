#include "runtime/base/secrets.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <set>
#include <utility>
#include <vector>

#include "runtime/base/mutex.h"
#include "runtime/base/text.h"

namespace sluice {
namespace {

constexpr size_t kSecretsMax = 4096;
constexpr size_t kFormsMax = 256;  // of one text, so that a long one does not push out all others
constexpr size_t kLineMin = 8;

struct Secret {
  std::string text, shown;
};
using Secrets = std::deque<Secret>;

struct Memory {
  std::atomic<bool> any{false};
  Mutex mutex;
  Secrets secrets ABSL_GUARDED_BY(mutex);  // the oldest first
  std::set<std::string, std::less<>> known ABSL_GUARDED_BY(mutex);
};

Memory& TheMemory() {
  static auto* const memory = new Memory;  // threads may log until the process ends
  return *memory;
}

// All forms in which a value is quoted: trimmed, and its lines or items one by one.
std::vector<std::string_view> Forms(std::string_view text) {
  std::vector<std::string_view> forms = {Trim(text)};
  for (const auto& [separator, size_min] : {std::pair{'\n', kLineMin}, {',', kSecretSizeMin}}) {
    if (text.find(separator) == std::string_view::npos) continue;
    for (std::string_view rest = text; !rest.empty();) {
      const size_t end = std::min(rest.find(separator), rest.size());
      const std::string_view piece = Trim(rest.substr(0, end));
      if (piece.size() >= size_min) forms.push_back(piece);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return forms;
}

struct Match {
  size_t begin, end;
  std::string shown;
};

std::vector<Match> FindAll(std::string_view text, const Secrets& secrets) {
  std::vector<Match> found;
  for (const Secret& secret : secrets) {
    for (size_t at = text.find(secret.text); at != std::string_view::npos;
         at = text.find(secret.text, at + 1)) {
      found.push_back({at, at + secret.text.size(), secret.shown});
    }
  }
  std::sort(found.begin(), found.end(), [](const Match& a, const Match& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
  });
  return found;
}

}  // namespace

void RememberSecret(std::string_view secret, std::string_view shown) {
  Memory& memory = TheMemory();
  auto forms = Forms(secret);
  if (forms.size() > kFormsMax) forms.resize(kFormsMax);
  for (const std::string_view form : forms) {
    if (form.size() < kSecretSizeMin) continue;
    MutexLock lock(memory.mutex);
    if (!memory.known.emplace(form).second) continue;
    memory.secrets.push_back({std::string(form), std::string(shown)});
    if (memory.secrets.size() > kSecretsMax) {
      memory.known.erase(memory.secrets.front().text);
      memory.secrets.pop_front();
    }
    memory.any = true;
  }
}

std::string WithoutSecrets(std::string text) {
  Memory& memory = TheMemory();
  if (!memory.any.load(std::memory_order_acquire)) return text;
  // The texts that stand for secrets are copied: one may be forgotten meanwhile.
  std::vector<Match> found;
  {
    MutexLock lock(memory.mutex);
    found = FindAll(text, memory.secrets);
  }
  if (found.empty()) return text;
  std::string out;
  size_t copied = 0;
  for (const Match& match : found) {
    if (match.begin >= copied) {
      out.append(text, copied, match.begin - copied).append(match.shown);
    }
    copied = std::max(copied, match.end);  // of overlapping ones no end is left
  }
  return out.append(text, copied);
}

}  // namespace sluice
