// The files under plugin.path that may be plugins. An element is a .so file, or a folder: each .so
// in it, and each folder in it, which is one plugin's with the libraries that it brings. Links are
// followed, cycles cut. Any thread.
#ifndef SLUICE_RUNTIME_PLUGIN_PLUGIN_FILES_H_
#define SLUICE_RUNTIME_PLUGIN_PLUGIN_FILES_H_

#include <string>
#include <vector>

namespace sluice::plugin {

struct PluginFile {
  std::string path;
  bool nested = false;  // in a plugin's own folder: it may be a library that the plugin brings
};
struct PluginFiles {
  std::vector<PluginFile> files;  // in the order of plugin.path, then by name; each once
  std::vector<std::string>
      missing;  // elements that are not there or cannot be read, with the reason
};

PluginFiles FindPluginFiles(const std::vector<std::string>& plugin_path);

}  // namespace sluice::plugin

#endif  // SLUICE_RUNTIME_PLUGIN_PLUGIN_FILES_H_
