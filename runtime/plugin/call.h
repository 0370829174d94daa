// What every call into a plugin has around it: errors become a Status that names the class and the
// call, an exception that escapes (against the ABI) is caught, and host functions called at the
// wrong time or from a foreign thread are seen. For the implementations in this folder.
#ifndef SLUICE_RUNTIME_PLUGIN_CALL_H_
#define SLUICE_RUNTIME_PLUGIN_CALL_H_

#include <atomic>
#include <exception>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/abi/sluice_plugin.h"
#include "runtime/base/status.h"
#include "runtime/config/config_map.h"

namespace sluice::plugin {

// Whom an error is about.
struct Callee {
  std::string class_name;
  std::string version;
  std::string file;

  // `plugin class C 1.0 (x.so): poll`
  std::string At(std::string_view call) const;
  // The plugin's answer as a Status: its exception's class and text as they are, the place as first
  // frame. Garbage (sizes, codes, text that is no UTF-8) is made harmless. `code` is not SLUICE_OK.
  Status ToStatus(std::string_view call, sluice_code code, const sluice_error& error) const;
  // The plugin broke the contract.
  Status Broken(std::string_view call, std::string_view how) const;
};

// An error to be filled in by a plugin. Only its head is initialised: it is 10 KB.
inline void PrepareError(sluice_error& error) {
  error.struct_size = sizeof error;
  error.code = SLUICE_OK;
  error.type_size = error.text_size = error.trace_size = error.reserved = 0;
}
// A Status into the error that a plugin has given; answers its code.
sluice_code FillError(const Status& status, sluice_error* error);
// An error that a plugin made.
Status ErrorToStatus(sluice_code code, const sluice_error& error);

// A text that a plugin gave: absent is empty, invalid UTF-8 replaced, cut at `max` bytes.
std::string SafeText(sluice_str text, size_t max);

// Runs `body` (which answers a sluice_code and may fill in the error).
template <typename Body>
Status Call(const Callee& callee, std::string_view name, sluice_error& error, Body&& body) {
  PrepareError(error);
  sluice_code code;
  try {
    code = body();
  } catch (const std::exception& escaped) {
    return callee.Broken(name, std::string("let an exception escape: ") + escaped.what());
  } catch (...) {
    return callee.Broken(name, "let an exception escape");
  }
  if (code == SLUICE_OK) return OkStatus();
  return callee.ToStatus(name, code, error);
}
// The same for calls that answer nothing.
template <typename Body>
Status CallVoid(const Callee& callee, std::string_view name, Body&& body) {
  try {
    body();
  } catch (const std::exception& escaped) {
    return callee.Broken(name, std::string("let an exception escape: ") + escaped.what());
  } catch (...) {
    return callee.Broken(name, "let an exception escape");
  }
  return OkStatus();
}

// A configuration in the ABI's form; borrows from the map.
class ConfigView {
 public:
  explicit ConfigView(const config::ConfigMap& map);
  sluice_config get() const { return {entries_.data(), entries_.size()}; }

 private:
  std::vector<sluice_key_value> entries_;
};

// Which thread is inside a call on a handle. Most host functions are legal on that thread only
// (rule 4).
class CallScope {
 public:
  class Enter {
   public:
    explicit Enter(CallScope& scope) : scope_(scope) {
      scope_.thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    }
    ~Enter() { scope_.thread_.store(std::thread::id(), std::memory_order_relaxed); }
    Enter(const Enter&) = delete;

   private:
    CallScope& scope_;
  };
  bool here() const {
    return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id();
  }

 private:
  std::atomic<std::thread::id> thread_{};
};

inline constexpr size_t kLogTextMax = 64 * 1024;
inline constexpr size_t kMetricNameMax = 1024;

}  // namespace sluice::plugin

#endif  // SLUICE_RUNTIME_PLUGIN_CALL_H_
