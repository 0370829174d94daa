// What was worked out for a topic's name, for the 16 topics met last: a task sees few, and regular
// expressions cost more than a comparison. One thread.
#ifndef SLUICE_RUNTIME_TRANSFORM_TOPIC_MEMO_H_
#define SLUICE_RUNTIME_TRANSFORM_TOPIC_MEMO_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::transform {

template <typename Answer>
class TopicMemo {
 public:
  static constexpr size_t kSizeMax = 16;

  // Valid until the next Put.
  const Answer* Find(std::string_view topic) const {
    for (const auto& [known, answer] : entries_) {
      if (known == topic) return &answer;
    }
    return nullptr;
  }
  const Answer* Put(std::string_view topic, Answer answer) {
    if (entries_.size() < kSizeMax) {
      entries_.emplace_back(topic, std::move(answer));
      return &entries_.back().second;
    }
    next_ = (next_ + 1) % kSizeMax;
    entries_[next_] = {std::string(topic), std::move(answer)};
    return &entries_[next_].second;
  }

 private:
  std::vector<std::pair<std::string, Answer>> entries_;
  size_t next_ = 0;  // where the last one went when all places were taken
};

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_TOPIC_MEMO_H_
