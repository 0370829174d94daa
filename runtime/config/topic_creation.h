// topic.creation.*: how a source connector wants its topics made (KIP-158). For
// connector_config.cc.
#ifndef SLUICE_RUNTIME_CONFIG_TOPIC_CREATION_H_
#define SLUICE_RUNTIME_CONFIG_TOPIC_CREATION_H_

#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/config/config_def.h"
#include "runtime/config/config_map.h"

namespace sluice::config {

// topic.creation.<name>.*; patterns are Java's, for full matches.
struct TopicCreationGroup {
  std::string name;
  ConfigList include, exclude;
  int partitions = -1;          // -1: the broker's default
  int replication_factor = -1;  // likewise
  ConfigMap settings;           // other topic settings
};

// All groups in the order of matching, the default last; none if no key begins with topic.creation.
// Errors: ConfigException of a missing or bad key. Oddities go to `warnings`.
StatusOr<std::vector<TopicCreationGroup>> ParseTopicCreation(const ConfigMap& config,
                                                             std::vector<std::string>& warnings);

// The first group whose include matches and whose exclude does not, or nullptr.
const TopicCreationGroup* FindTopicCreationGroup(const std::vector<TopicCreationGroup>& groups,
                                                 std::string_view topic);

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_TOPIC_CREATION_H_
