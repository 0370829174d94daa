// What the test doubles of this folder have in common: keys by which a test makes them tell what is
// called, hang, and fail. Each place in a connector or a task that a test may want to reach is a
// point with a name (validate, start, task_configs, stop, alter_offsets; task.start, poll, put,
// flush, assigned, revoked, task.stop); `point:N` means task N only.
//
// Reach may be called from any thread. A test releases what hangs by making a file, so nothing here
// knows of time.
#ifndef SLUICE_TESTS_SUPPORT_PLUGINS_CONTROL_H_
#define SLUICE_TESTS_SUPPORT_PLUGINS_CONTROL_H_

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "connectors/sdk/plugin.h"

namespace sluice::test {

// The keys of a Control, to be added to a class's own.
void AddControlKeys(sdk::ConfigDef& keys);

std::string JsonText(std::string_view text);  // quoted

// Waits until the file exists.
void AwaitFile(const std::string& path);
// Its content without the last line's end; "" if it cannot be read.
std::string ReadFile(const std::string& path);

class Control {
 public:
  Control() = default;
  // `task`: its number, or -1 for the connector.
  Control(const sdk::Config& config, int task);

  // Tells of the call; then hangs or throws if the configuration or the control file says so.
  // `details`: more members of the JSON line, beginning with a comma, or "".
  void Reach(std::string_view point, std::string_view details = "") const;
  // Only tells of it.
  void Tell(std::string_view point, std::string_view details = "") const;

 private:
  bool Listed(const std::vector<std::string>& list, std::string_view point) const;

  std::string connector_;
  int task_ = -1;
  std::string events_file_, release_file_, fail_file_;
  std::vector<std::string> block_in_, fail_in_;
};

// Hands the content of a file to `command` and removes the file, each time that there is one; from
// a thread of its own, until destroyed.
class CommandFile {
 public:
  CommandFile(std::string path, std::function<void(const std::string&)> command);
  ~CommandFile();
  CommandFile(const CommandFile&) = delete;

 private:
  const std::string path_;
  const std::function<void(const std::string&)> command_;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

}  // namespace sluice::test

#endif  // SLUICE_TESTS_SUPPORT_PLUGINS_CONTROL_H_
