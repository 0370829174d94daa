#include "tests/conformance/scene.h"

#include <cstdlib>
#include <optional>

#include "runtime/base/text.h"

namespace sluice::conformance {

StatusOr<std::string> Scene::Expanded(std::string_view text) const {
  return Expand(text, [&](std::string_view name) -> std::optional<std::string> {
    if (name == "dir") return dir;
    if (name == "id") return id;
    if (name == "service") return service;
    if (!name.starts_with("env:")) return StrCat("${", name, "}");  // the connector's own
    const char* value = std::getenv(std::string(name.substr(4)).c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  });
}

StatusOr<std::string> Scene::Shell(const std::string& command) const {
  return RunShell(command, {{"DIR", dir}, {"ID", id}, {"SERVICE", service}}, patience);
}

Status Scene::Open() {
  if (profile == nullptr) return OkStatus();
  const Environment more = {{"DIR", dir}, {"ID", id}};
  if (!profile->service.empty()) {
    SLUICE_ASSIGN_OR_RETURN(service, StartService(profile->service, more, patience));
  }
  if (!profile->prepare.empty()) SLUICE_RETURN_IF_ERROR(Shell(profile->prepare).status());
  config.Set("name", id);
  config.Set("connector.class", info.name);
  config.Set("tasks.max", "1");
  if (!source()) config.Set("topics", id);
  for (const auto& [key, value] : profile->config) {
    SLUICE_ASSIGN_OR_RETURN(const std::string text, Expanded(value));
    config.Set(key, text);
  }
  return OkStatus();
}

std::string Scene::topic() const { return SplitList(config.Get("topics", id)).at(0); }

const std::vector<Check>& AllChecks() {
  static const std::vector<Check> all = [] {
    std::vector<Check> list;
    for (auto part : {ConfigChecks, LifecycleChecks, SourceChecks, SinkChecks}) {
      for (const Check& check : part()) list.push_back(check);
    }
    return list;
  }();
  return all;
}

}  // namespace sluice::conformance
