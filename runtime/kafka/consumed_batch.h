// The messages of one poll. For this folder's files only.
#ifndef SLUICE_RUNTIME_KAFKA_CONSUMED_BATCH_H_
#define SLUICE_RUNTIME_KAFKA_CONSUMED_BATCH_H_

#include <memory>
#include <utility>
#include <vector>

#include "runtime/kafka/consumer.h"
#include "runtime/kafka/handle.h"

struct rd_kafka_message_s;

namespace sluice::kafka {

class RdkafkaBatch : public ConsumedBatch {
 public:
  // Takes the messages, none of which is an error. The client lives as long as its messages.
  RdkafkaBatch(std::shared_ptr<Handle> handle, std::vector<rd_kafka_message_s*> messages)
      : handle_(std::move(handle)), messages_(std::move(messages)) {}
  ~RdkafkaBatch() override;

  size_t size() const override { return messages_.size(); }
  Message message(size_t index) const override;
  void Headers(size_t index,
               std::vector<std::pair<std::string_view, record::Bytes>>& out) const override;
  size_t bytes() const override;

 private:
  const std::shared_ptr<Handle> handle_;
  const std::vector<rd_kafka_message_s*> messages_;
};

}  // namespace sluice::kafka

#endif  // SLUICE_RUNTIME_KAFKA_CONSUMED_BATCH_H_
