#include "runtime/plugin/registry.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "runtime/base/log.h"
#include "runtime/base/mutex.h"
#include "runtime/base/text.h"
#include "runtime/plugin/class_index.h"
#include "runtime/plugin/file_id.h"
#include "runtime/plugin/loader.h"
#include "runtime/plugin/plugin_files.h"
#include "runtime/plugin/probe_cache.h"
#include "runtime/plugin/probe_runner.h"
#include "runtime/plugin/tables.h"

namespace sluice::plugin {
namespace {

// One file's state: what its content of this id answered.
struct FileState {
  std::string file_id;
  bool nested = false;
  StatusOr<proto::ProbeAnswer> answer{ConnectError("not probed yet")};
};

config::Validator ValidatorOf(const proto::KeyDescriptor& key) {
  config::Validator validator;
  switch (key.validator()) {
    case SLUICE_VALID_RANGE:
      validator.kind = config::Validator::Kind::kRange;
      if (std::isfinite(key.min())) validator.min = key.min();
      if (std::isfinite(key.max())) validator.max = key.max();
      return validator;
    case SLUICE_VALID_ONE_OF:
      return config::Validator::OneOf({key.allowed().begin(), key.allowed().end()});
    case SLUICE_VALID_ONE_OF_IGNORE_CASE:
      return config::Validator::OneOfIgnoreCase({key.allowed().begin(), key.allowed().end()});
    case SLUICE_VALID_NON_EMPTY:
      return config::Validator::NonEmpty();
    case SLUICE_VALID_REGEX:
      return config::Validator::Regex();
    default:
      return validator;
  }
}

config::ConfigKey KeyOf(const proto::KeyDescriptor& key) {
  config::ConfigKey out;
  out.name = key.name();
  out.type = static_cast<config::ConfigType>(key.type());
  if (key.has_default_value()) out.default_value = key.default_value();
  out.required = key.required();
  out.validator = ValidatorOf(key);
  out.importance = static_cast<config::Importance>(key.importance());
  out.documentation = key.documentation();
  out.group = key.group();
  out.order_in_group = key.order_in_group();
  out.width = static_cast<config::Width>(key.width());
  out.display_name = key.display_name();
  out.dependents = {key.dependents().begin(), key.dependents().end()};
  return out;
}

ClassInfo InfoOf(const proto::ClassDescriptor& from, const std::string& file,
                 const std::string& file_id) {
  ClassInfo info;
  info.kind = from.kind() == SLUICE_SOURCE ? ClassKind::kSource : ClassKind::kSink;
  info.name = from.name();
  info.aliases = {from.aliases().begin(), from.aliases().end()};
  info.version = from.version();
  info.task_class = from.task_class();
  info.documentation = from.documentation();
  info.file = file;
  info.file_id = file_id;
  info.has_alter_offsets = from.alters_offsets();
  for (const proto::KeyDescriptor& key : from.keys()) info.keys.push_back(KeyOf(key));
  return info;
}

std::string BaseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

struct Registry::Impl {
  explicit Impl(RegistryOptions from)
      : options(std::move(from)), cache(options.cache_dir), loader(options.cache_dir) {}

  const RegistryOptions options;

  // One scan at a time; lookups go on meanwhile.
  Mutex scan_mutex;
  ProbeCache cache ABSL_GUARDED_BY(scan_mutex);
  std::map<std::string, FileState> files ABSL_GUARDED_BY(scan_mutex);
  std::vector<std::string> order ABSL_GUARDED_BY(scan_mutex);  // of plugin.path
  std::vector<std::string> missing ABSL_GUARDED_BY(scan_mutex);
  bool scanned ABSL_GUARDED_BY(scan_mutex) = false;

  mutable Mutex mutex;
  std::shared_ptr<const ClassIndex> index ABSL_GUARDED_BY(mutex) =
      std::make_shared<const ClassIndex>();
  std::vector<BadFile> bad ABSL_GUARDED_BY(mutex);

  Loader loader;

  std::shared_ptr<const ClassIndex> Index() const {
    MutexLock lock(mutex);
    return index;
  }

  bool LookAtFiles() ABSL_EXCLUSIVE_LOCKS_REQUIRED(scan_mutex);
  void ProbeFiles(const std::vector<std::string>& paths) ABSL_EXCLUSIVE_LOCKS_REQUIRED(scan_mutex);
  void Publish(Registry* registry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(scan_mutex);

  StatusOr<std::pair<const sluice_class*, Callee>> Class(const ClassInfo& info) {
    SLUICE_ASSIGN_OR_RETURN(const LoadedPlugin* plugin, loader.Load(info.file, info.file_id));
    const sluice_class* of = plugin->Find(info.name, info.version);
    if (of == nullptr) {
      return ConnectError(StrCat("The plugin ", info.file, " no longer has the class ", info.name,
                                 " ", info.version, " that it had when it was probed"));
    }
    return std::pair(of, Callee{info.name, info.version, BaseName(info.file)});
  }
};

// Brings `files` up to date with the disk and probes what is new. False: nothing has changed.
bool Registry::Impl::LookAtFiles() {
  PluginFiles found = FindPluginFiles(options.plugin_path);
  bool changed = !scanned;
  scanned = true;
  if (found.missing != missing) {
    missing = found.missing;
    for (const std::string& what : missing) LogWarn("plugin", "plugin.path: ", what);
  }
  std::map<std::string, FileState> now;
  std::vector<std::string> names, unprobed;
  for (const PluginFile& file : found.files) {
    names.push_back(file.path);
    const StatusOr<std::string> id = FileId(file.path);
    const std::string key = id.ok() ? *id : "";
    const auto before = files.find(file.path);
    if (before != files.end() && before->second.file_id == key) {
      now.insert(files.extract(before));
      continue;
    }
    changed = true;
    FileState& state = now[file.path];
    state.file_id = key;
    state.nested = file.nested;
    if (!id.ok()) {
      state.answer = id.status();
    } else if (std::optional<proto::ProbeAnswer> cached = cache.Find(file.path, key)) {
      state.answer = *std::move(cached);
    } else {
      unprobed.push_back(file.path);
    }
  }
  changed = changed || !files.empty();  // what is left there is gone from the disk
  files = std::move(now);
  order = std::move(names);
  ProbeFiles(unprobed);
  return changed;
}

void Registry::Impl::ProbeFiles(const std::vector<std::string>& paths) {
  if (paths.empty()) return;
  ProbeOptions probe;
  probe.command = options.probe_command;
  probe.deadline = options.probe_deadline;
  std::vector<ProbeResult> results = RunProbes(probe, paths);
  for (size_t i = 0; i < paths.size(); ++i) {
    FileState& state = files[paths[i]];
    state.answer = std::move(results[i].answer);
    if (state.answer.ok()) {
      // A refusal may have a reason outside of the file (a library that is missing), and costs
      // little to hear again.
      if (state.answer->outcome() != proto::ProbeAnswer::REFUSED) {
        cache.Put(paths[i], state.file_id, *state.answer);
      }
    } else if (results[i].worth_remembering) {
      proto::ProbeAnswer answer;
      answer.set_outcome(proto::ProbeAnswer::REFUSED);
      answer.set_error(StrCat(Message(state.answer.status()),
                              " (remembered; touch the file to have it tried again)"));
      cache.Put(paths[i], state.file_id, answer);
    }
  }
}

// Makes the index anew of all files.
void Registry::Impl::Publish(Registry* registry) {
  std::vector<ClassInfo> classes;
  std::vector<BadFile> bad_files;
  for (const std::string& path : order) {
    const FileState& state = files[path];
    if (!state.answer.ok()) {
      bad_files.push_back(
          {path, ConnectError(StrCat("The plugin ", path, " ", Message(state.answer.status())))});
    } else if (state.answer->outcome() == proto::ProbeAnswer::PLUGIN) {
      for (const auto& of : state.answer->plugin().classes()) {
        ClassInfo& info = classes.emplace_back(InfoOf(of, path, state.file_id));
        LogDebug("plugin", "Class ", info.name, " ", info.version, " in ", path);
        for (int i = 0; i < of.keys_size(); ++i) {
          if (!of.keys(i).recommends()) continue;
          info.keys[static_cast<size_t>(i)].recommender =
              [registry, name = info.name, version = info.version](
                  std::string_view key, const config::ConfigMap& config) {
                const auto of = registry->Find(name, version == "undefined" ? "" : version);
                if (!of.ok()) return std::vector<std::string>();
                return registry->Recommend(*of, key, config).value_or(std::vector<std::string>());
              };
        }
      }
    } else if (state.answer->outcome() != proto::ProbeAnswer::NOT_A_PLUGIN || !state.nested) {
      bad_files.push_back(
          {path, ConnectError(StrCat("The plugin ", path, " ", state.answer->error()))});
    }
  }
  auto made = std::make_shared<const ClassIndex>(std::move(classes));
  for (const std::string& twice : made->twice()) {
    LogWarn("plugin", "Left out, because an earlier file has the same class and version: ", twice);
  }
  MutexLock lock(mutex);
  for (const BadFile& file : bad_files) {
    const bool known = std::any_of(bad.begin(), bad.end(), [&](const BadFile& before) {
      return before.file == file.file && before.error == file.error;
    });
    if (!known) LogError("plugin", Message(file.error), ". It is left out");
  }
  index = std::move(made);
  bad = std::move(bad_files);
}

Registry::Registry(RegistryOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Registry::~Registry() = default;

void Registry::Scan() {
  MutexLock lock(impl_->scan_mutex);
  if (impl_->LookAtFiles()) impl_->Publish(this);
}

std::vector<ClassInfo> Registry::List() const { return impl_->Index()->classes(); }

std::vector<BadFile> Registry::BadFiles() const {
  MutexLock lock(impl_->mutex);
  return impl_->bad;
}

StatusOr<ClassInfo> Registry::Find(std::string_view name, std::string_view version) {
  StatusOr<ClassInfo> found = impl_->Index()->Find(name, version);
  if (found.ok()) return found;
  Scan();
  return impl_->Index()->Find(name, version);
}

StatusOr<std::unique_ptr<ConnectorPlugin>> Registry::NewConnector(const ClassInfo& info,
                                                                  ConnectorHost& host) {
  SLUICE_ASSIGN_OR_RETURN(auto of, impl_->Class(info));
  return MakeConnector(std::move(of.second), *of.first, host);
}

StatusOr<std::unique_ptr<SourcePlugin>> Registry::NewSourceTask(const ClassInfo& info,
                                                                SourceHost& host) {
  if (info.kind != ClassKind::kSource) return ConnectError(StrCat(info.name, " is no source"));
  SLUICE_ASSIGN_OR_RETURN(auto of, impl_->Class(info));
  return MakeSource(std::move(of.second), *of.first, host);
}

StatusOr<std::unique_ptr<SinkPlugin>> Registry::NewSinkTask(const ClassInfo& info, SinkHost& host) {
  if (info.kind != ClassKind::kSink) return ConnectError(StrCat(info.name, " is no sink"));
  SLUICE_ASSIGN_OR_RETURN(auto of, impl_->Class(info));
  return MakeSink(std::move(of.second), *of.first, host);
}

StatusOr<std::vector<std::pair<std::string, std::string>>> Registry::Validate(
    const ClassInfo& info, const config::ConfigMap& config) {
  using Problems = std::vector<std::pair<std::string, std::string>>;
  SLUICE_ASSIGN_OR_RETURN(auto of, impl_->Class(info));
  const sluice_connector_calls& calls = ConnectorCallsOf(*of.first);
  Problems problems;
  if (calls.validate == nullptr) return problems;
  const auto report = [](void* context, sluice_str key, sluice_str text) {
    static_cast<Problems*>(context)->emplace_back(SafeText(key, 1024), SafeText(text, kLogTextMax));
  };
  const ConfigView view(config);
  sluice_error error;
  SLUICE_RETURN_IF_ERROR(Call(of.second, "validate", error, [&] {
    return calls.validate(view.get(), report, &problems, &error);
  }));
  return problems;
}

StatusOr<std::vector<std::string>> Registry::Recommend(const ClassInfo& info, std::string_view key,
                                                       const config::ConfigMap& config) {
  SLUICE_ASSIGN_OR_RETURN(auto of, impl_->Class(info));
  const sluice_connector_calls& calls = ConnectorCallsOf(*of.first);
  std::vector<std::string> values;
  if (calls.recommend == nullptr) return values;
  const auto take = [](void* context, sluice_str value) {
    static_cast<std::vector<std::string>*>(context)->push_back(SafeText(value, kLogTextMax));
  };
  const ConfigView view(config);
  sluice_error error;
  SLUICE_RETURN_IF_ERROR(Call(of.second, "recommend", error, [&] {
    return calls.recommend({key.data(), key.size()}, view.get(), take, &values, &error);
  }));
  return values;
}

namespace {

using SupportFn = sluice_code (*)(sluice_config, sluice_support*, sluice_error*);

StatusOr<Support> AskSupport(const Callee& callee, std::string_view name, SupportFn function,
                             const config::ConfigMap& config) {
  if (function == nullptr) return Support::kUnknown;
  const ConfigView view(config);
  sluice_support answer = SLUICE_SUPPORT_UNKNOWN;
  sluice_error error;
  SLUICE_RETURN_IF_ERROR(
      Call(callee, name, error, [&] { return function(view.get(), &answer, &error); }));
  if (answer == SLUICE_SUPPORTED) return Support::kSupported;
  return answer == SLUICE_NOT_SUPPORTED ? Support::kNotSupported : Support::kUnknown;
}

}  // namespace

StatusOr<Support> Registry::ExactlyOnceSupport(const ClassInfo& info,
                                               const config::ConfigMap& config) {
  SLUICE_ASSIGN_OR_RETURN(auto of, impl_->Class(info));
  return AskSupport(of.second, "exactly_once_support",
                    ConnectorCallsOf(*of.first).exactly_once_support, config);
}

StatusOr<Support> Registry::TransactionBoundaries(const ClassInfo& info,
                                                  const config::ConfigMap& config) {
  SLUICE_ASSIGN_OR_RETURN(auto of, impl_->Class(info));
  SLUICE_ASSIGN_OR_RETURN(
      Support support,
      AskSupport(of.second, "can_define_transaction_boundaries",
                 ConnectorCallsOf(*of.first).can_define_transaction_boundaries, config));
  return support == Support::kUnknown ? Support::kNotSupported : support;
}

}  // namespace sluice::plugin
