// Every key of the peer's workers and clients (testdata/peer_keys.tsv, printed by
// tests/parity/JavaConfigs.java) against ours: name, type, whether it is required, default and, for
// clients, importance. What differs on purpose is listed here.
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "gtest/gtest.h"
#include "runtime/base/text.h"
#include "runtime/config/client_keys.h"
#include "runtime/config/worker_config.h"

namespace sluice::config {
namespace {

struct PeerKey {
  std::string name, type, required, default_text, importance;
};

std::map<std::string, std::vector<PeerKey>> ReadPeerKeys() {
  std::map<std::string, std::vector<PeerKey>> keys;
  std::ifstream file("runtime/config/testdata/peer_keys.tsv");
  for (std::string line; std::getline(file, line);) {
    const auto parts = Split(line, '\t');
    if (parts.size() != 6) continue;
    keys[std::string(parts[0])].push_back({std::string(parts[1]), std::string(parts[2]),
                                           std::string(parts[3]), std::string(parts[4]),
                                           std::string(parts[5])});
  }
  return keys;
}

std::string DefaultText(const ConfigKey& key) {
  return key.default_value ? "=" + *key.default_value : "null";
}

// Ours, so far as they are not as the peer's.
std::vector<std::string> Differences(const PeerKey& peer, const ConfigKey& ours, bool importance) {
  std::vector<std::string> found;
  const auto check = [&](const char* what, const std::string& theirs, const std::string& mine) {
    if (theirs != mine) found.push_back(StrCat(peer.name, " ", what, ": ", theirs, ", not ", mine));
  };
  // The worker's Java classes are never loaded: their names are text here.
  const std::string type(TypeName(ours.type));
  if (!(peer.type == "CLASS" && type == "STRING")) check("type", peer.type, type);
  check("required", peer.required, ours.required ? "required" : "-");
  // A class's default is shown without the word.
  const std::string theirs = peer.default_text.starts_with("=class ")
                                 ? "=" + peer.default_text.substr(7)
                                 : peer.default_text;
  const std::string mine = DefaultText(ours);
  check("default", theirs, mine.starts_with("=class ") ? "=" + mine.substr(7) : mine);
  if (importance)
    check("importance", peer.importance, std::string(ImportanceName(ours.importance)));
  return found;
}

class PeerKeysTest : public testing::Test {
 protected:
  void CheckWorker(const std::string& who, WorkerMode mode) {
    ASSERT_GT(peer_[who].size(), 40u);
    for (const PeerKey& peer : peer_[who]) {
      const ConfigKey* ours = WorkerConfig::Definition(mode).Find(peer.name);
      if (ours == nullptr) {
        ADD_FAILURE() << who << " has no key " << peer.name;
        continue;
      }
      for (const std::string& found : Differences(peer, *ours, false)) ADD_FAILURE() << found;
    }
  }
  // `other` are keys that no configuration should set.
  void CheckClient(const std::string& who, ClientRole role, const std::set<std::string>& other) {
    ASSERT_GT(peer_[who].size(), 40u);
    for (const PeerKey& peer : peer_[who]) {
      if (other.contains(peer.name)) continue;
      const ClientKey* ours = FindClientKey(role, peer.name);
      if (ours == nullptr) {
        ADD_FAILURE() << who << " has no key " << peer.name;
        continue;
      }
      for (const auto& found : Differences(peer, ClientKeyDefinition(*ours, ""), true)) {
        ADD_FAILURE() << who << ": " << found;
      }
    }
  }
  std::map<std::string, std::vector<PeerKey>> peer_ = ReadPeerKeys();
};

TEST_F(PeerKeysTest, Distributed) { CheckWorker("distributed", WorkerMode::kDistributed); }
TEST_F(PeerKeysTest, Standalone) { CheckWorker("standalone", WorkerMode::kStandalone); }
TEST_F(PeerKeysTest, Producer) { CheckClient("producer", ClientRole::kProducer, {}); }
TEST_F(PeerKeysTest, Consumer) {
  CheckClient("consumer", ClientRole::kConsumer,
              {"internal.throw.on.fetch.stable.offset.unsupported"});
}
TEST_F(PeerKeysTest, Admin) { CheckClient("admin", ClientRole::kAdmin, {}); }

}  // namespace
}  // namespace sluice::config
