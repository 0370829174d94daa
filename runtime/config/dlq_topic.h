// errors.deadletterqueue.topic.name: the name of a topic, in which ${connector}, ${topic} and
// ${stage} stand for what a dead letter is about (Sluice only; in Kafka Connect it is a name and
// nothing else). Plain values; made when a configuration is checked and when a task starts.
#ifndef SLUICE_RUNTIME_CONFIG_DLQ_TOPIC_H_
#define SLUICE_RUNTIME_CONFIG_DLQ_TOPIC_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/config/config_def.h"

namespace sluice::config {

inline constexpr char kDlqTopicKey[] = "errors.deadletterqueue.topic.name";

class DlqTopic {
 public:
  // `text` without blanks around it; what a topic's name cannot hold of `connector` becomes _.
  // ConfigException: a variable that there is not, or what can be no topic's name.
  static StatusOr<DlqTopic> Parse(std::string_view text, std::string_view connector);

  // One topic for all letters.
  bool fixed() const { return !by_topic_ && !by_stage_; }
  bool by_topic() const { return by_topic_; }
  // The topic for a letter about a record of `topic` that failed at `stage`
  // (__connect.errors.stage).
  std::string Name(std::string_view topic, std::string_view stage) const;
  // The same, into memory that is used again.
  void AppendName(std::string& out, std::string_view topic, std::string_view stage) const;

 private:
  struct Piece {
    enum Kind { kText, kTopic, kStage } kind;
    std::string text;
  };
  std::vector<Piece> pieces_;
  bool by_topic_ = false;
  bool by_stage_ = false;
};

// OK, or why no dead letter may go to `name`, which `dlq` made: one of `storage`, the worker's own
// topics; an internal topic of Kafka's; or, made by a variable, a name like theirs, which begins
// with __.
Status CheckNotInternal(const DlqTopic& dlq, std::string_view name,
                        std::span<const std::string> storage);
// The stages that a record of a sink may fail at, by the names of errors/stage.h.
std::span<const std::string_view> SinkStages();
// OK, or why Kafka has no topic of that name.
Status CheckTopicName(std::string_view topic);
// The three keys errors.deadletterqueue.*: a sink's by the peer, a source's by us.
ConfigDef DeadLetterDefinition();

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_DLQ_TOPIC_H_
