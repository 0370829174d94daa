// The order in which a java.util.HashMap of texts iterates: the peer shows some entries in it, and
// forms that show its answers depend on it. Pure; any thread.
#ifndef SLUICE_RUNTIME_CONFIG_JAVA_ORDER_H_
#define SLUICE_RUNTIME_CONFIG_JAVA_ORDER_H_

#include <string>
#include <vector>

namespace sluice::config {

// `keys`, all different, as a HashMap iterates that they were put into in this order.
std::vector<std::string> JavaHashOrder(std::vector<std::string> keys);

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_JAVA_ORDER_H_
