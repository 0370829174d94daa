// All that a plugin author includes. A connector is a task, a connector that names and describes
// it, and one line that makes the shared object a plugin; connectors/ticker is the lesson.
// Header-only; build it with sluice_plugin (Bazel), or with -shared -fPIC and
// tools/bazel/plugin.lds as version script.
//
//   #include "connectors/sdk/plugin.h"
//   class MyTask : public sluice::sdk::SourceTask { ... };            source.h, sink.h
//   class MyConnector : public sluice::sdk::SourceConnector {         connector.h
//    public:
//     using Task = MyTask;
//     static sluice::sdk::ClassInfo Describe();
//   };
//   SLUICE_PLUGIN("my", "1.0.0", MyConnector)
//
// value.h: values and schemas. record.h: batches. config.h: keys and getters. errors.h: what may be
// thrown. fakes.h: for tests.
#ifndef SLUICE_CONNECTORS_SDK_PLUGIN_H_
#define SLUICE_CONNECTORS_SDK_PLUGIN_H_

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/sdk/tables.h"

namespace sluice::sdk::internal {

// The plugin's description, made once and never destroyed.
class PluginData {
 public:
  PluginData(std::string_view name, std::string_view version) : name_(name), version_(version) {}
  PluginData(const PluginData&) = delete;

  template <typename T>
  void Add() {
    const ClassInfo& info = Description<T>::Get().info;
    auto* made = new sluice_class{};
    made->struct_size = sizeof(sluice_class);
    made->name = abi::Str(info.name);
    made->version = info.version.empty() ? abi::Str(version_) : abi::Str(info.version);
    made->documentation = abi::Str(info.doc);
    made->task_class = abi::Str(texts_.emplace_back(TaskClass(info)));
    std::vector<sluice_str>& aliases = aliases_.emplace_back();
    for (const std::string& alias : info.aliases) aliases.push_back(abi::Str(alias));
    made->aliases = aliases.data();
    made->alias_count = aliases.size();
    made->keys = Description<T>::Get().table.keys().data();
    made->key_count = Description<T>::Get().table.keys().size();
    static_assert(std::is_base_of_v<SourceConnector, T> || std::is_base_of_v<SinkConnector, T>,
                  "a connector derives from SourceConnector or SinkConnector");
    if constexpr (std::is_base_of_v<SourceConnector, T>) {
      made->kind = SLUICE_SOURCE;
      made->table = SourceCalls<T>::Get();
    } else {
      made->kind = SLUICE_SINK;
      made->table = SinkCalls<T>::Get();
    }
    classes_.push_back(made);
  }
  const sluice_plugin* Finish() {
    plugin_.struct_size = sizeof plugin_;
    plugin_.abi_major = SLUICE_ABI_MAJOR;
    plugin_.abi_minor = SLUICE_ABI_MINOR;
    plugin_.name = abi::Str(name_);
    plugin_.version = abi::Str(version_);
    plugin_.classes = classes_.data();
    plugin_.class_count = classes_.size();
    return &plugin_;
  }

 private:
  static std::string TaskClass(const ClassInfo& info) {
    if (!info.task_class.empty()) return info.task_class;
    std::string name = info.name;
    if (const size_t at = name.rfind("Connector"); at != std::string::npos) name.resize(at);
    return name + "Task";
  }

  const std::string name_, version_;
  std::vector<const sluice_class*> classes_;
  std::deque<std::string> texts_;  // what classes_ point at: a deque moves nothing
  std::deque<std::vector<sluice_str>> aliases_;
  sluice_plugin plugin_{};
};

template <typename... Classes>
const sluice_plugin* Entry(std::string_view name, std::string_view version,
                           uint16_t host_major) noexcept {
  if (host_major != SLUICE_ABI_MAJOR) return nullptr;
  try {
    static const sluice_plugin* plugin = [&] {
      auto* data = new PluginData(name, version);
      (data->Add<Classes>(), ...);
      return data->Finish();
    }();
    return plugin;
  } catch (...) {
    return nullptr;
  }
}

}  // namespace sluice::sdk::internal

// Defines the plugin's one exported symbol. Once in each shared object, outside any namespace.
#define SLUICE_PLUGIN(name, version, ...)                                                        \
  extern "C" __attribute__((visibility("default"))) const sluice_plugin* sluice_plugin_entry_v1( \
      uint16_t host_abi_major, uint16_t host_abi_minor) {                                        \
    static_cast<void>(host_abi_minor);                                                           \
    return ::sluice::sdk::internal::Entry<__VA_ARGS__>(name, version, host_abi_major);           \
  }

#endif  // SLUICE_CONNECTORS_SDK_PLUGIN_H_
