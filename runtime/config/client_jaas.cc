#include "runtime/config/client_jaas.h"

#include <vector>

#include "runtime/base/file.h"
#include "runtime/base/text.h"
#include "runtime/config/jaas.h"

namespace sluice::config {
namespace {

constexpr const char* kClients[] = {"", "producer.", "consumer.", "admin."};

bool SpeaksSasl(const WorkerConfig& worker) {
  const bool bare = worker.originals.Contains("sasl.jaas.config");
  for (const std::string_view client : kClients) {
    if (bare && client == "admin.") continue;  // admin clients take the bare one
    const std::string key = StrCat(client, "security.protocol");
    if (ToLower(Trim(worker.originals.Get(key))).starts_with("sasl_")) return true;
  }
  return false;
}

// As sasl.jaas.config has it.
std::string ToSetting(const JaasEntry& entry) {
  std::string text = StrCat(entry.login_module, " required");
  for (const auto& [name, value] : entry.options) {
    StrAppend(text, " ", name, "=\"");
    for (const char c : value) {
      if (c == '"' || c == '\\') text.push_back('\\');
      text.push_back(c);
    }
    text.push_back('"');
  }
  return text + ";";
}

// The value of `-Dname=` among a JVM's options, "" without one.
std::string SystemProperty(std::string_view jvm_options, std::string_view name) {
  const std::string option = StrCat("-D", name, "=");
  size_t at = jvm_options.rfind(option);  // the last one counts
  if (at == std::string_view::npos) return "";
  const char quote = at > 0 ? jvm_options[at - 1] : ' ';
  at += option.size();
  if (at < jvm_options.size() && jvm_options[at] == '=') ++at;  // `==` replaces Java's own file
  std::string_view rest = jvm_options.substr(at);
  char end = quote == '"' || quote == '\'' ? quote : ' ';
  if (!rest.empty() && (rest[0] == '"' || rest[0] == '\'')) {
    end = rest[0];
    rest.remove_prefix(1);
  }
  return std::string(Trim(rest.substr(0, rest.find(end))));
}

}  // namespace

std::string JaasFileOf(std::string_view jvm_options) {
  return SystemProperty(jvm_options, "java.security.auth.login.config");
}

std::vector<std::string> AllowedTokenUrls(std::string_view jvm_options) {
  return SplitList(SystemProperty(jvm_options, "org.apache.kafka.sasl.oauthbearer.allowed.urls"));
}

Status ApplyClientJaas(WorkerConfig& worker, std::string_view kafka_opts) {
  const std::string path = JaasFileOf(kafka_opts);
  if (path.empty() || !SpeaksSasl(worker)) return OkStatus();
  SLUICE_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  const auto entries = ParseJaasFile(text, path, "KafkaClient");
  if (!entries.ok()) return IsNotFound(entries.status()) ? OkStatus() : entries.status();
  if (entries->size() != 1) {
    return ConfigError(
        StrCat(path, ": the entry KafkaClient must have one login module, not ", entries->size()));
  }
  const bool bare = worker.originals.Contains("sasl.jaas.config");
  for (const std::string_view client : kClients) {
    if (bare && client == "admin.") continue;  // admin clients take the bare one
    const std::string key = StrCat(client, "sasl.jaas.config");
    if (!worker.originals.Contains(key)) worker.originals.Set(key, ToSetting(entries->front()));
  }
  return OkStatus();
}

}  // namespace sluice::config
