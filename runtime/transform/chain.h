// A connector's transforms in their order, each with the predicate that guards it. Made once per
// task from the connector's configuration, on the task's thread.
//
//   StatusOr<bool> kept = chain.Apply(record, memory, handler, subject);
//   not ok: the task fails;  false: the record is dropped;  true: go on with `record`.
#ifndef SLUICE_RUNTIME_TRANSFORM_CHAIN_H_
#define SLUICE_RUNTIME_TRANSFORM_CHAIN_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/config/connector_config.h"
#include "runtime/errors/error_handler.h"
#include "runtime/transform/transform.h"

namespace sluice::transform {

class Chain {
 public:
  // ConnectException (wrapping the ConfigException that says which key) when a class is not known,
  // a setting is wrong, or a predicate is not defined.
  static StatusOr<std::unique_ptr<Chain>> FromConfig(
      const std::vector<config::TransformSpec>& transforms,
      const std::vector<config::PredicateSpec>& predicates);

  // Each transform runs in `handler`, as stage TRANSFORMATION, with its class. Dropped means
  // filtered by a transform (an answer, not an error; counted here) or failed and tolerated
  // (reported and counted by the handler). Values that the transforms make live in `memory` or in
  // this chain. After an error `record` may be half-way through the chain.
  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory, errors::ErrorHandler& handler,
                       const errors::Subject& subject);

  bool empty() const { return steps_.empty(); }
  // Records that a transform dropped; from any thread.
  int64_t filtered() const { return filtered_.load(std::memory_order_relaxed); }

 private:
  struct Step {
    std::unique_ptr<Transform> transform;
    Predicate* predicate = nullptr;  // nullptr: always
    bool negate = false;
  };

  std::vector<std::unique_ptr<Predicate>> predicates_;
  std::vector<Step> steps_;
  std::atomic<int64_t> filtered_{0};
};

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_CHAIN_H_
