#include "runtime/kafka/lazy_producer.h"

#include "runtime/kafka/handle.h"

namespace sluice::kafka {

StatusOr<std::unique_ptr<Producer>> NewLazyProducer(config::ClientProperties properties,
                                                    metrics::Registry* registry) {
  const auto protocol = properties.rdkafka.find("security.protocol");
  if (protocol == properties.rdkafka.end() || protocol->second.find("SSL") == std::string::npos) {
    SLUICE_RETURN_IF_ERROR(Handle::Check(properties));
  } else {  // certificates are read when a client is made
    SLUICE_RETURN_IF_ERROR(NewProducer(properties).status());
  }
  return std::make_unique<LazyProducer>(
      [properties = std::move(properties), registry] { return NewProducer(properties, registry); });
}

}  // namespace sluice::kafka
