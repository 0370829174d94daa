#include "runtime/config/rest_users.h"

#include "runtime/base/file.h"
#include "runtime/base/text.h"
#include "runtime/config/client_jaas.h"
#include "runtime/config/config_map.h"
#include "runtime/config/jaas.h"
#include "runtime/config/properties.h"

namespace sluice::config {
namespace {

constexpr std::string_view kPackage = "org.apache.kafka.connect.rest.basic.auth.extension.";
constexpr std::string_view kFileKey = "rest.basic.auth.file";

Status Invalid(std::string_view key, std::string_view value, std::string_view why) {
  return ConfigError(StrCat("Invalid value ", value, " for configuration ", key, ": ", why));
}

// The full name and the peer's aliases.
bool IsBasicAuth(std::string_view name) {
  if (name.starts_with(kPackage)) name.remove_prefix(kPackage.size());
  return name == "BasicAuthSecurityRestExtension" || name == "BasicAuthSecurity";
}

StatusOr<std::string> FileOfJaas(std::string_view kafka_opts) {
  const std::string path = JaasFileOf(kafka_opts);
  if (path.empty()) {
    return ConfigError(
        StrCat("Basic authentication is asked for by rest.extension.classes, and "
               "there is no file of users. Set ",
               kFileKey,
               " to a properties file of lines user=password, or name a JAAS file "
               "in the environment: "
               "KAFKA_OPTS=-Djava.security.auth.login.config=FILE"));
  }
  SLUICE_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  SLUICE_ASSIGN_OR_RETURN(const std::vector<JaasEntry> entries,
                          ParseJaasFile(text, path, "KafkaConnect"));
  const std::string expected = StrCat(kPackage, "PropertyFileLoginModule");
  if (entries.size() != 1 || entries[0].login_module != expected) {
    return ConfigError(StrCat(path, ": the entry KafkaConnect must have one login module, ",
                              expected, "; found ",
                              entries.empty() ? "none" : entries[0].login_module,
                              entries.size() > 1 ? " and others" : ""));
  }
  const std::string file(Trim(entries[0].options.Get("file")));
  if (file.empty()) {
    return ConfigError(StrCat(path,
                              ": Property Credential file must be specified: the login "
                              "module of the entry KafkaConnect needs file=\"...\""));
  }
  return file;
}

}  // namespace

StatusOr<std::optional<RestUsers>> ReadRestUsers(const WorkerConfig& worker,
                                                 std::string_view kafka_opts) {
  const std::vector<std::string> classes =
      SplitList(worker.originals.Get("rest.extension.classes"));
  for (const std::string& name : classes) {
    if (IsBasicAuth(name)) continue;
    return Invalid("rest.extension.classes", name,
                   StrCat("this worker runs no Java classes; the one extension that it has is ",
                          kPackage, "BasicAuthSecurityRestExtension. Take ", name,
                          " out, and do what it did in a proxy in front of this worker"));
  }
  std::string file(Trim(worker.originals.Get(kFileKey)));
  const bool by_key = !file.empty();
  if (classes.empty() && !by_key) return std::optional<RestUsers>();
  if (!by_key) {
    SLUICE_ASSIGN_OR_RETURN(file, FileOfJaas(kafka_opts));
  }
  auto lines = ReadProperties(file);
  if (!lines.ok() && by_key) return Invalid(kFileKey, file, Message(lines.status()));
  if (!lines.ok()) return std::move(lines).status();
  RestUsers users(lines->begin(), lines->end());
  if (users.empty()) {
    return ConfigError(StrCat(file,
                              " names no user, and Apache Kafka Connect would let everybody "
                              "in. Add lines user=password, or switch authentication off: take "
                              "rest.extension.classes and ",
                              kFileKey, " out"));
  }
  return std::optional<RestUsers>(std::move(users));
}

}  // namespace sluice::config
