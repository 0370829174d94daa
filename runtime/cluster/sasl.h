// Who this worker says it is to a broker (SASL), by Kafka's sasl.* keys as the worker's other
// clients read them: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 and GSSAPI by Cyrus libsasl2, OAUTHBEARER
// by itself. For kafka_connection.cc.
#ifndef SLUICE_RUNTIME_CLUSTER_SASL_H_
#define SLUICE_RUNTIME_CLUSTER_SASL_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"

namespace sluice::cluster {

// One conversation with one broker. One thread at a time. Errors (ConnectException) hold no secret.
class SaslSession {
 public:
  virtual ~SaslSession() = default;
  // What the client says first, then what it says to each `challenge`. After the last word of
  // the broker, Done.
  virtual StatusOr<std::string> Begin() = 0;
  virtual StatusOr<std::string> Answer(std::string_view challenge) = 0;
  // Nothing more is to be said.
  virtual bool done() const = 0;
};

// A mechanism with its credentials. Any thread.
class SaslMechanism {
 public:
  virtual ~SaslMechanism() = default;
  virtual const std::string& name() const = 0;  // as sasl.mechanism has it
  // Whether a session asks others (a Kerberos server, a token endpoint) and so may block.
  virtual bool blocks() const = 0;
  virtual StatusOr<std::unique_ptr<SaslSession>> NewSession(const std::string& host) const = 0;
};

// From sasl.mechanism, sasl.jaas.config and so on. Errors (ConfigException) name the key.
StatusOr<std::shared_ptr<const SaslMechanism>> NewSaslMechanism(
    const std::map<std::string, std::string>& java);

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_SASL_H_
