#include "runtime/plugin/loader.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <vector>

#include "runtime/abi/views.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/plugin/describe.h"
#include "runtime/plugin/file_id.h"
#include "runtime/plugin/probe_cache.h"

namespace sluice::plugin {
namespace {

constexpr int64_t kKeepSeconds =
    30 * 24 * 3600;  // copies that nobody opened for so long are removed
constexpr size_t kFileMax = size_t{2} << 30;

class File {
 public:
  explicit File(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  int fd() const { return fd_; }

 private:
  const int fd_;
};

StatusOr<std::string> ReadAll(int fd, const std::string& path) {
  struct stat info;
  if (fstat(fd, &info) != 0 || static_cast<size_t>(info.st_size) > kFileMax) {
    return ConnectError(
        StrCat("Cannot read the plugin ", path, ": it is larger than ", kFileMax, " bytes"));
  }
  std::string content(static_cast<size_t>(info.st_size), '\0');
  size_t have = 0;
  while (have < content.size()) {
    const ssize_t size =
        pread(fd, content.data() + have, content.size() - have, static_cast<off_t>(have));
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) {
      return ConnectError(StrCat("Cannot read the plugin ", path, ": ",
                                 size < 0 ? std::strerror(errno) : "it became shorter"));
    }
    have += static_cast<size_t>(size);
  }
  return content;
}

std::string FolderOf(const std::string& file) {
  const size_t slash = file.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : file.substr(0, slash);
}

// A copy whose libraries are found by $ORIGIN: links to what lies beside the original, and in
// ../lib.
void LinkNeighbours(const std::string& original, const std::string& folder) {
  char* real = realpath(FolderOf(original).c_str(), nullptr);
  if (real == nullptr) return;
  const std::string from = real;
  std::free(real);
  // Links that are there already, or cannot be made, show when the plugin's libraries are looked for.
  const auto link = [](const std::string& target, const std::string& path) {
    return symlink(target.c_str(), path.c_str()) == 0;
  };
  link(from + "/../lib", FolderOf(folder) + "/lib");
  DIR* entries = opendir(from.c_str());
  if (entries == nullptr) return;
  while (const dirent* entry = readdir(entries)) {
    if (std::strstr(entry->d_name, ".so") == nullptr) continue;
    link(StrCat(from, "/", std::string_view(entry->d_name)),
         StrCat(folder, "/", std::string_view(entry->d_name)));
  }
  closedir(entries);
}

// Removes copies that were not opened for a month; a worker that has one mapped does not notice.
void Prune(const std::string& dir) {
  DIR* entries = opendir(dir.c_str());
  if (entries == nullptr) return;
  const std::time_t now = std::time(nullptr);
  while (const dirent* entry = readdir(entries)) {
    const std::string path = StrCat(dir, "/", std::string_view(entry->d_name));
    struct stat info;
    if (lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
        now - info.st_mtime > kKeepSeconds) {
      unlink(path.c_str());
    }
  }
  closedir(entries);
}

// For want of a folder: a file that has no name, opened through /proc.
StatusOr<std::string> CopyToMemory(const std::string& file, std::string_view content) {
  const int fd = memfd_create("sluice-plugin", 0);  // stays open with the plugin
  size_t written = 0;
  while (fd >= 0 && written < content.size()) {
    const ssize_t size = write(fd, content.data() + written, content.size() - written);
    if (size <= 0) break;
    written += static_cast<size_t>(size);
  }
  if (fd < 0 || written < content.size()) {
    return ConnectError(StrCat("Cannot copy the plugin ", file, ": ", std::strerror(errno)));
  }
  return StrCat("/proc/self/fd/", fd);
}

}  // namespace

const sluice_class* LoadedPlugin::Find(std::string_view name, std::string_view version) const {
  for (size_t i = 0; i < plugin->class_count; ++i) {
    const sluice_class& of = *plugin->classes[i];
    if (of.kind != SLUICE_SOURCE && of.kind != SLUICE_SINK) continue;
    const std::string_view has = of.version.size == 0 ? "undefined" : abi::View(of.version);
    if (abi::View(of.name) == name && has == version) return &of;
  }
  return nullptr;
}

Loader::Loader(std::string cache_dir) : dir_(cache_dir.empty() ? "" : cache_dir + "/plugins") {}

StatusOr<std::string> Loader::MakeCopy(const std::string& file, std::string_view content) {
  if (dir_.empty() || !MakePrivateFolder(dir_)) return CopyToMemory(file, content);
  std::string path = StrCat(dir_, "/", HashName(content), ".so");
  if (content.find("$ORIGIN") != std::string_view::npos) {
    const std::string folder =
        StrCat(dir_, "/", HashName(content), "-", HashName(FolderOf(file)).substr(0, 8), "/p");
    if (!MakePrivateFolder(folder)) return CopyToMemory(file, content);
    path = folder + "/plugin.so";
    LinkNeighbours(file, folder);
  }
  struct stat info;
  if (stat(path.c_str(), &info) == 0 && static_cast<size_t>(info.st_size) == content.size()) {
    utimensat(AT_FDCWD, path.c_str(), nullptr, 0);  // in use: not to be pruned
    return path;
  }
  Prune(dir_);
  if (WriteFileAtomically(path, content)) return path;
  LogWarn("plugin", "Cannot write ", path, ": ", std::strerror(errno),
          ". The plugin is loaded from memory");
  return CopyToMemory(file, content);
}

StatusOr<std::unique_ptr<LoadedPlugin>> Loader::Open(const std::string& file,
                                                     const std::string& file_id) {
  File original(file);
  if (original.fd() < 0) {
    return ConnectError(StrCat("Cannot open the plugin ", file, ": ", std::strerror(errno)));
  }
  SLUICE_ASSIGN_OR_RETURN(std::string content, ReadAll(original.fd(), file));
  // After reading: had it been rewritten meanwhile, the time of its last change would tell.
  SLUICE_ASSIGN_OR_RETURN(std::string id_now, FileIdOf(original.fd(), file));
  if (id_now != file_id) {
    return ConnectError(
        StrCat("The plugin ", file, " has changed since it was looked at; try again"));
  }
  auto loaded = std::make_unique<LoadedPlugin>();
  loaded->file = file;
  SLUICE_ASSIGN_OR_RETURN(loaded->copy, MakeCopy(file, content));
  void* handle = dlopen(loaded->copy.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* error = dlerror();
    return ConnectError(StrCat("Cannot load the plugin ", file, ": ",
                               std::string_view(error == nullptr ? "no reason given" : error)));
  }
  const auto entry = reinterpret_cast<sluice_plugin_entry_fn>(dlsym(handle, SLUICE_PLUGIN_ENTRY));
  if (entry == nullptr) {
    return ConnectError(StrCat("The plugin ", file, " exports no ", SLUICE_PLUGIN_ENTRY));
  }
  loaded->plugin = entry(SLUICE_ABI_MAJOR, SLUICE_ABI_MINOR);
  const auto described = DescribePlugin(loaded->plugin);
  if (!described.ok()) {
    return ConnectError(
        StrCat("The plugin ", file, " cannot be used: ", Message(described.status())));
  }
  LogInfo("plugin", "Loaded ", file, ": ", described->name(), " ", described->version());
  return loaded;
}

StatusOr<const LoadedPlugin*> Loader::Load(const std::string& file, const std::string& file_id) {
  MutexLock lock(mutex_);
  std::unique_ptr<LoadedPlugin>& place = loaded_[{file, file_id}];
  if (place == nullptr) {
    StatusOr<std::unique_ptr<LoadedPlugin>> opened = Open(file, file_id);
    if (!opened.ok()) {
      loaded_.erase({file, file_id});
      return opened.status();
    }
    place = *std::move(opened);
  }
  return place.get();
}

}  // namespace sluice::plugin
