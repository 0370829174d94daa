// What the machine and the environment say to a worker. For worker.cc, at start.
#ifndef SLUICE_RUNTIME_WORKER_HOST_H_
#define SLUICE_RUNTIME_WORKER_HOST_H_

#include <string>

namespace sluice::worker {

// To as many open files as the system allows: a task's Kafka clients need 5 to 8 each.
void RaiseFileLimit();
std::string OwnBinary();
// Where probes are remembered and plugins are copied to before they are loaded: SLUICE_CACHE_DIR,
// else below XDG_CACHE_HOME or HOME.
std::string CacheDir();
// KAFKA_OPTS, which the peer's start scripts hand to the JVM; it may name a JAAS file.
std::string KafkaOpts();
std::string HostName();

}  // namespace sluice::worker

#endif  // SLUICE_RUNTIME_WORKER_HOST_H_
