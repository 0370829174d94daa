// What goes wrong between us and a store. The one place that decides what a failure means is
// partition_writer.h; here it is only told apart.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_STORE_ERROR_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_STORE_ERROR_H_

#include <cstdint>
#include <stdexcept>
#include <string>

namespace sluice::object_store_sink {

enum class StoreErrorKind : uint8_t {
  kTransient,  // may pass: throttling, 5xx, a connection that broke, a token that expired
  kExists,     // an object of this name is there, and must not be overwritten
  kLate,       // the put has taken long enough: the next one goes on
  kGone,       // a multipart upload that the store does not know (any more)
  kFatal       // rights, a missing bucket, a request that the store refuses
};

class StoreError : public std::runtime_error {
 public:
  // `status`: HTTP's, if there was an answer.
  StoreError(StoreErrorKind kind, const std::string& text, int status = 0)
      : std::runtime_error(text), kind_(kind), status_(status) {}
  StoreErrorKind kind() const { return kind_; }
  int status() const { return status_; }

 private:
  StoreErrorKind kind_;
  int status_;
};

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_STORE_ERROR_H_
