// What the JVM options in KAFKA_OPTS say of clients' credentials. For the worker, at start.
#ifndef SLUICE_RUNTIME_CONFIG_CLIENT_JAAS_H_
#define SLUICE_RUNTIME_CONFIG_CLIENT_JAAS_H_

#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/config/worker_config.h"

namespace sluice::config {

// Credentials of clients that have no sasl.jaas.config: as in Java, those of the entry KafkaClient
// in the JAAS file that is named. Puts them where sasl.jaas.config, producer.sasl.jaas.config and
// so on are missing. Without such a file or entry nothing changes. Errors (ConfigException), only
// if some client speaks SASL: the file cannot be read, or its entry has several login modules. No
// error holds an option.
Status ApplyClientJaas(WorkerConfig& worker, std::string_view kafka_opts);

// The URLs of -Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=URL,URL among a JVM's options.
std::vector<std::string> AllowedTokenUrls(std::string_view jvm_options);

// The file of -Djava.security.auth.login.config=FILE among a JVM's options; empty: none.
std::string JaasFileOf(std::string_view jvm_options);

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_CLIENT_JAAS_H_
