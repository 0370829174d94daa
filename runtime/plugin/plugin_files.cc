#include "runtime/plugin/plugin_files.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include "runtime/base/text.h"

namespace sluice::plugin {
namespace {

namespace fs = std::filesystem;
constexpr int kDepthMax = 8;
constexpr size_t kFilesMax = 10'000;

class Finder {
 public:
  PluginFiles found;

  void Element(const std::string& element) {
    std::error_code error;
    const fs::file_status status = fs::status(element, error);
    if (!fs::exists(status)) {
      found.missing.push_back(
          StrCat(element, ": ", error ? error.message() : "no such file or folder"));
    } else if (fs::is_directory(status)) {
      Folder(element, 0);
    } else {
      Add(element, false);
    }
  }

 private:
  void Add(const fs::path& path, bool nested) {
    if (found.files.size() < kFilesMax && seen_.insert(path.string()).second) {
      found.files.push_back({path.string(), nested});
    }
  }
  void Folder(const fs::path& folder, int depth) {
    std::error_code error;
    const fs::path real = fs::canonical(folder, error);
    if (depth > kDepthMax || error || !folders_.insert(real.string()).second) return;
    std::vector<fs::path> entries;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
      entries.push_back(it->path());
    }
    if (error) found.missing.push_back(StrCat(folder.string(), ": ", error.message()));
    std::sort(entries.begin(), entries.end());
    for (const fs::path& entry : entries) {
      const fs::file_status status = fs::status(entry, error);
      if (fs::is_directory(status)) {
        Folder(entry, depth + 1);
      } else if (fs::is_regular_file(status) && entry.extension() == ".so") {
        Add(entry, depth > 0);
      }
    }
  }

  std::set<std::string> seen_, folders_;
};

}  // namespace

PluginFiles FindPluginFiles(const std::vector<std::string>& plugin_path) {
  Finder finder;
  for (const std::string& element : plugin_path) {
    if (!element.empty()) finder.Element(element);
  }
  return std::move(finder.found);
}

}  // namespace sluice::plugin
