// Java classes by which clients log in. None is loaded: those of Kafka's own that stand for
// something here are known by name, every other is refused. For the tables of keys.
#ifndef SLUICE_RUNTIME_CONFIG_LOGIN_CLASSES_H_
#define SLUICE_RUNTIME_CONFIG_LOGIN_CLASSES_H_

#include <optional>
#include <string>
#include <string_view>

namespace sluice::config {

// Why sasl.login.callback.handler.class may not have this value; nothing if it may.
std::optional<std::string> CheckLoginHandler(std::string_view class_name);
// Whether it is the one that makes unsecured tokens, wherever a token endpoint may be.
bool IsUnsecuredLoginHandler(std::string_view class_name);

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_LOGIN_CLASSES_H_
