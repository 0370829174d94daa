#include "runtime/plugin/class_index.h"

#include <algorithm>
#include <set>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/plugin/version.h"

namespace sluice::plugin {
namespace {

constexpr std::string_view kVersionException =
    "org.apache.kafka.connect.runtime.isolation.VersionedPluginLoadingException";

}  // namespace

std::vector<std::string> AliasesOf(std::string_view class_name) {
  const size_t at = class_name.find_last_of(".$");
  const std::string_view simple =
      at == std::string_view::npos ? class_name : class_name.substr(at + 1);
  std::vector<std::string> aliases{std::string(simple)};
  const size_t suffix = simple.rfind("Connector");
  if (suffix != std::string_view::npos && suffix != 0) {
    aliases.emplace_back(simple.substr(0, suffix));
  }
  return aliases;
}

ClassIndex::ClassIndex(std::vector<ClassInfo> classes) {
  std::set<std::pair<std::string, std::string>> seen;
  for (ClassInfo& info : classes) {
    if (!seen.emplace(info.name, info.version).second) {
      twice_.push_back(StrCat(info.name, " ", info.version, " in ", info.file));
      continue;
    }
    classes_.push_back(std::move(info));
  }
  std::sort(classes_.begin(), classes_.end(), [](const ClassInfo& a, const ClassInfo& b) {
    if (a.kind != b.kind) return a.kind == ClassKind::kSink;
    if (a.name != b.name) return a.name < b.name;
    return CompareVersions(a.version, b.version) < 0;
  });
  // An alias that means two classes means neither.
  for (ClassInfo& info : classes_) {
    std::vector<std::string> aliases = AliasesOf(info.name);
    aliases.insert(aliases.end(), info.aliases.begin(), info.aliases.end());
    std::sort(aliases.begin(), aliases.end());
    aliases.erase(std::unique(aliases.begin(), aliases.end()), aliases.end());
    std::erase(aliases, info.name);
    for (const std::string& alias : aliases) {
      auto [place, is_new] = full_names_.emplace(alias, info.name);
      if (is_new || place->second == info.name) continue;
      std::set<std::string>& several = ambiguous_[alias];
      several.insert(info.name);
      if (!place->second.empty()) several.insert(std::exchange(place->second, {}));
    }
    info.aliases = std::move(aliases);
  }
  for (const ClassInfo& info : classes_) full_names_[info.name] = info.name;
  for (ClassInfo& info : classes_) {
    std::erase_if(info.aliases,
                  [&](const std::string& alias) { return full_names_[alias] != info.name; });
  }
}

StatusOr<ClassInfo> ClassIndex::Find(std::string_view name, std::string_view version) const {
  const auto full = full_names_.find(name);
  if (full != full_names_.end() && full->second.empty()) {
    const std::set<std::string>& several = ambiguous_.find(name)->second;
    return ExceptionError(
        absl::StatusCode::kNotFound, kConnectException,
        StrCat("More than one connector matches alias ", name,
               ". Please use full package and class name instead. Classes found: ",
               StrJoin(std::vector<std::string>(several.begin(), several.end()), ", ")));
  }
  if (full == full_names_.end()) {
    std::vector<std::string> known;
    for (const ClassInfo& info : classes_) known.push_back(StrCat(info.name, " ", info.version));
    return ExceptionError(
        absl::StatusCode::kNotFound, kConnectException,
        StrCat("Failed to find any class that implements Connector and which name matches ", name,
               ", available connectors are: ", StrJoin(known, ", ")));
  }
  SLUICE_ASSIGN_OR_RETURN(VersionRange range, VersionRange::Parse(version));
  const ClassInfo* best = nullptr;
  std::vector<std::string> versions;
  for (const ClassInfo& info : classes_) {  // versions of a class ascend
    if (info.name != full->second) continue;
    versions.push_back(info.version);
    if (range.Contains(info.version)) best = &info;
  }
  if (best != nullptr) return *best;
  return ExceptionError(
      absl::StatusCode::kInvalidArgument, kVersionException,
      StrCat("Plugin ", full->second, " not found that matches the version range ", range.text(),
             ", available versions: [", StrJoin(versions, ", "), "]"));
}

}  // namespace sluice::plugin
