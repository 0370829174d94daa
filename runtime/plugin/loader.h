// Opens plugins into this process: a private copy, named by the hash of its content, so that a `cp`
// over the original, which rewrites the bytes of what is mapped, cannot kill the worker. RTLD_NOW |
// RTLD_LOCAL, never closed: a plugin's code stays for as long as the process. Thread-safe.
#ifndef SLUICE_RUNTIME_PLUGIN_LOADER_H_
#define SLUICE_RUNTIME_PLUGIN_LOADER_H_

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "runtime/abi/sluice_plugin.h"
#include "runtime/base/mutex.h"
#include "runtime/base/status.h"

namespace sluice::plugin {

// A plugin in this process. Lives as long as the loader; what it points at, for ever.
struct LoadedPlugin {
  std::string file;  // the original
  std::string copy;  // what was opened
  const sluice_plugin* plugin = nullptr;

  // The class of this name and version, or nullptr.
  const sluice_class* Find(std::string_view name, std::string_view version) const;
};

class Loader {
 public:
  // An empty `cache_dir`, or one that cannot be written to: copies lie in memory.
  explicit Loader(std::string cache_dir);
  // The file's plugin if it still has the content `file_id` (FileId); loaded before, it is not
  // looked at again. Error: names the file.
  StatusOr<const LoadedPlugin*> Load(const std::string& file, const std::string& file_id);

 private:
  StatusOr<std::unique_ptr<LoadedPlugin>> Open(const std::string& file, const std::string& file_id)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  StatusOr<std::string> MakeCopy(const std::string& file, std::string_view content);

  const std::string dir_;
  Mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<LoadedPlugin>> loaded_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace sluice::plugin

#endif  // SLUICE_RUNTIME_PLUGIN_LOADER_H_
