// What plugin code may throw. Each is translated once, where the call leaves the plugin
// (internal/boundary.h), into the ABI's code, and keeps the name of the Java exception that users'
// tools know. Anything else that is thrown, of whatever type, becomes a failure of the task. Any
// thread.
#ifndef SLUICE_CONNECTORS_SDK_ERRORS_H_
#define SLUICE_CONNECTORS_SDK_ERRORS_H_

#include <stdexcept>
#include <string>
#include <utility>

#include "connectors/sdk/text.h"
#include "runtime/abi/sluice_plugin.h"

namespace sluice::sdk {

// The task or connector cannot go on. The pieces are joined to the message: ConnectException("No
// file ", name).
class ConnectException : public std::runtime_error {
 public:
  template <typename... Pieces>
  explicit ConnectException(const Pieces&... pieces) : std::runtime_error(Cat(pieces...)) {}
  virtual sluice_code code() const { return SLUICE_FAILED; }
  virtual const char* java_class() const {
    return "org.apache.kafka.connect.errors.ConnectException";
  }
};

// A record cannot be used. Out of Put it means that something in the batch is to blame; a sink that
// knows which record calls record.Reject() instead.
class DataException : public ConnectException {
 public:
  using ConnectException::ConnectException;
  sluice_code code() const override { return SLUICE_BAD_RECORD; }
  const char* java_class() const override {
    return "org.apache.kafka.connect.errors.DataException";
  }
};

// Not now: the worker calls again with the same arguments.
class RetriableException : public ConnectException {
 public:
  using ConnectException::ConnectException;
  sluice_code code() const override { return SLUICE_RETRY; }
  const char* java_class() const override {
    return "org.apache.kafka.connect.errors.RetriableException";
  }
};

// The configuration cannot work. Out of Validate it becomes that key's error.
class ConfigException : public ConnectException {
 public:
  template <typename... Pieces>
  explicit ConfigException(const Pieces&... pieces) : ConnectException(pieces...) {}
  // In the words that Kafka Connect uses: Invalid value V for configuration K: reason.
  static ConfigException Invalid(std::string_view key, std::string_view value,
                                 std::string_view reason) {
    ConfigException error("Invalid value ", value, " for configuration ", key, ": ", reason);
    error.key_ = key;
    return error;
  }
  static ConfigException Missing(std::string_view key) {
    ConfigException error("Missing required configuration \"", key,
                          "\" which has no default value.");
    error.key_ = key;
    return error;
  }
  const std::string& key() const { return key_; }  // may be empty
  sluice_code code() const override { return SLUICE_CONFIG; }
  const char* java_class() const override {
    return "org.apache.kafka.common.config.ConfigException";
  }

 private:
  std::string key_;
};

// This class does not do that.
class UnsupportedException : public ConnectException {
 public:
  using ConnectException::ConnectException;
  sluice_code code() const override { return SLUICE_UNSUPPORTED; }
  const char* java_class() const override { return "java.lang.UnsupportedOperationException"; }
};

}  // namespace sluice::sdk

#endif  // SLUICE_CONNECTORS_SDK_ERRORS_H_
