// A herder for tests of the REST API: answers from plain members at once, on the caller's thread,
// and notes what it was asked. One thread at a time.
#ifndef SLUICE_RUNTIME_HERDER_FAKE_HERDER_H_
#define SLUICE_RUNTIME_HERDER_FAKE_HERDER_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "runtime/herder/herder.h"

namespace sluice::herder {

class FakeHerder : public Herder {
 public:
  struct Connector {
    SubmittedConfig config;
    ConnectorStatus status;
  };
  std::map<std::string, Connector> connectors;
  std::vector<std::string> calls;  // "pause fs"
  bool mute = false;               // answers nothing, as a herder that hangs
  bool ready = true;
  Status error;  // what every call answers unless it is OK
  std::string stage = "The worker is currently testing.";
  config::ConfigInfos infos;

  ServerInfo Server() const override { return {"4.3.1", "26b251a451ce941d", "cluster"}; }
  std::string Stage() const override { return stage; }
  bool Ready() const override { return ready; }
  void CheckHealth(Callback<Health> done) override {
    Give(done, Health{Health::State::kHealthy, "fine"});
  }
  void Connectors(Callback<std::vector<std::string>> done) override {
    std::vector<std::string> names;
    for (const auto& [name, connector] : connectors) names.push_back(name);
    Give(done, names);
  }
  void Expanded(bool status, bool info,
                Callback<std::map<std::string, ExpandedConnector>> done) override {
    std::map<std::string, ExpandedConnector> found;
    for (const auto& [name, connector] : connectors) {
      if (status) found[name].status = connector.status;
      if (info) found[name].info = InfoOf(name);
    }
    Give(done, found);
  }
  void Create(CreateRequest request, Callback<ConnectorInfo> done) override {
    calls.push_back("create " + request.name + " " + request.initial_state.value_or("-"));
    connectors[request.name].config = request.config;
    Give(done, InfoOf(request.name));
  }
  void Info(std::string name, Callback<ConnectorInfo> done) override {
    GiveIfKnown(name, done, [&] { return InfoOf(name); });
  }
  void Config(std::string name, Callback<config::ConfigMap> done) override {
    GiveIfKnown(name, done, [&] { return connectors[name].config.values; });
  }
  void PutConfig(std::string name, SubmittedConfig config, Callback<PutResult> done) override {
    const bool created = !connectors.contains(name);
    connectors[name].config = std::move(config);
    Give(done, PutResult{created, InfoOf(name)});
  }
  void PatchConfig(std::string name, ConfigPatch patch, Callback<ConnectorInfo> done) override {
    for (const auto& [key, value] : patch) {
      value ? connectors[name].config.values.Set(key, *value)
            : void(connectors[name].config.values.Erase(key));
    }
    GiveIfKnown(name, done, [&] { return InfoOf(name); });
  }
  void Delete(std::string name, Done done) override {
    calls.push_back("delete " + name);
    GiveDone(done, connectors.erase(name) != 0 ? OkStatus() : Unknown(name));
  }
  void ConnectorState(std::string name, Callback<ConnectorStatus> done) override {
    GiveIfKnown(name, done, [&] { return connectors[name].status; });
  }
  void Tasks(std::string name, Callback<std::vector<TaskInfo>> done) override {
    GiveIfKnown(name, done, [&] {
      return std::vector<TaskInfo>{{{name, 0}, {{"task.class", "T"}}}};
    });
  }
  void TaskState(std::string name, int task, Callback<PartState> done) override {
    calls.push_back("task " + name + " " + std::to_string(task));
    Give(done, PartState{"RUNNING", "w1:8083", "1.0", ""});
  }
  void Pause(std::string name, Done done) override { Call("pause", name, done); }
  void Resume(std::string name, Done done) override { Call("resume", name, done); }
  void Stop(std::string name, Done done) override { Call("stop", name, done); }
  void RestartConnector(std::string name, Done done) override { Call("restart", name, done); }
  void Restart(RestartRequest request, Callback<ConnectorStatus> done) override {
    calls.push_back("restart " + request.connector + (request.include_tasks ? " tasks" : "") +
                    (request.only_failed ? " failed" : ""));
    Give(done, connectors[request.connector].status);
  }
  void RestartTask(std::string name, int task, Done done) override {
    Call("restart task " + std::to_string(task), name, done);
  }
  void PutTaskConfigs(std::string name, std::vector<config::ConfigMap> tasks, SignedRequest request,
                      Done done) override {
    Call("put " + std::to_string(tasks.size()) + " tasks by " + request.signature.value_or("-"),
         name, done);
  }
  void FenceZombies(std::string name, SignedRequest request, Done done) override {
    Call("fence by " + request.algorithm.value_or("-"), name, done);
  }
  void ActiveTopics(std::string, Callback<std::vector<std::string>> done) override {
    Give(done, std::vector<std::string>{"a", "b"});
  }
  void ResetActiveTopics(std::string name, Done done) override { Call("reset", name, done); }
  std::vector<ConnectorOffset> offsets;  // what Offsets answers
  void Offsets(std::string name, Callback<std::vector<ConnectorOffset>> done) override {
    GiveIfKnown(name, done, [&] { return offsets; });
  }
  void AlterOffsets(std::string name, std::vector<ConnectorOffset> changes,
                    Callback<std::string> done) override {
    std::string call = "alter " + name;
    for (const ConnectorOffset& one : changes) call += " " + one.partition + "=" + one.offset;
    calls.push_back(std::move(call));
    Give(done, std::string("altered"));
  }
  void ResetOffsets(std::string name, Callback<std::string> done) override {
    calls.push_back("reset offsets " + name);
    Give(done, std::string("reset"));
  }
  void SetClusterLoggerLevel(std::string logger, std::string level, Done done) override {
    Call("logger " + level, logger, done);
  }
  void Plugins(bool connectors_only, Callback<std::vector<PluginInfo>> done) override {
    std::vector<PluginInfo> plugins{{"org.Sink", "sink", "1.0"},
                                    {"org.Bare", "source", "undefined"}};
    if (!connectors_only) plugins.push_back({"org.Conv", "converter", "1.0"});
    Give(done, plugins);
  }
  void PluginConfig(std::string plugin, std::string version,
                    Callback<std::vector<config::ConfigKey>> done) override {
    calls.push_back("keys " + plugin + " " + version);
    config::ConfigKey key;
    key.name = "file";
    Give(done, std::vector<config::ConfigKey>{key});
  }
  void Validate(SubmittedConfig config, Callback<config::ConfigInfos> done) override {
    infos.name = config.values.Get("connector.class");
    Give(done, infos);
  }

 private:
  static Status Unknown(const std::string& name) {
    return NotFoundError("Connector " + name + " not found");
  }
  ConnectorInfo InfoOf(const std::string& name) {
    return {name, connectors[name].config.values, {{name, 0}}, "source"};
  }
  template <typename T>
  void Give(const Callback<T>& done, T value) {
    if (mute) return;
    error.ok() ? done(std::move(value)) : done(error);
  }
  void GiveDone(const Done& done, Status status) {
    if (!mute) done(error.ok() ? status : error);
  }
  template <typename T, typename Make>
  void GiveIfKnown(const std::string& name, const Callback<T>& done, Make make) {
    if (mute) return;
    connectors.contains(name) ? Give<T>(done, make()) : done(Unknown(name));
  }
  void Call(std::string verb, const std::string& name, const Done& done) {
    calls.push_back(std::move(verb) + " " + name);
    GiveDone(done, OkStatus());
  }
};

}  // namespace sluice::herder

#endif  // SLUICE_RUNTIME_HERDER_FAKE_HERDER_H_
