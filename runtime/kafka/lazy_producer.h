// A producer whose client is made when the first record is sent. A client is three threads, a few
// sockets and 200 KB; a source that has nothing to say should not have one. Same rules as for any
// producer.
#ifndef SLUICE_RUNTIME_KAFKA_LAZY_PRODUCER_H_
#define SLUICE_RUNTIME_KAFKA_LAZY_PRODUCER_H_

#include <functional>
#include <memory>
#include <utility>

#include "runtime/config/client_config.h"
#include "runtime/kafka/producer.h"
#include "runtime/metrics/registry.h"

namespace sluice::kafka {

class LazyProducer : public Producer {
 public:
  using Make = std::function<StatusOr<std::unique_ptr<Producer>>()>;
  explicit LazyProducer(Make make) : make_(std::move(make)) {}

  // An error of `make` is the record's; the next record tries again.
  StatusOr<Sent> Send(const OutRecord& record) override {
    if (client_ == nullptr) [[unlikely]] {
      SLUICE_ASSIGN_OR_RETURN(client_, make_());
    }
    return client_->Send(record);
  }
  // Before the first record there is nothing to wait for: answers at once.
  size_t ServeAcks(milliseconds timeout, AckListener& listener) override {
    return client_ == nullptr ? 0 : client_->ServeAcks(timeout, listener);
  }
  size_t in_flight() const override { return client_ == nullptr ? 0 : client_->in_flight(); }
  void Purge() override {
    if (client_ != nullptr) client_->Purge();
  }

 private:
  const Make make_;
  std::unique_ptr<Producer> client_;
};

// One for `properties`. Errors: as NewProducer's, as far as they can be found without a broker.
// `registry` as there.
StatusOr<std::unique_ptr<Producer>> NewLazyProducer(config::ClientProperties properties,
                                                    metrics::Registry* registry = nullptr);

}  // namespace sluice::kafka

#endif  // SLUICE_RUNTIME_KAFKA_LAZY_PRODUCER_H_
