// What probes answered, one small file for each plugin, in <cache dir>/probes, so that a start with
// unchanged plugins runs no child. An entry counts for one content of one path only (FileId).
// Anything unreadable is just not there; what cannot be written is logged once and done without.
// Several workers may share a folder. One thread at a time.
#ifndef SLUICE_RUNTIME_PLUGIN_PROBE_CACHE_H_
#define SLUICE_RUNTIME_PLUGIN_PROBE_CACHE_H_

#include <optional>
#include <string>

#include "proto/plugin.pb.h"

namespace sluice::plugin {

class ProbeCache {
 public:
  // An empty `dir`: nothing is kept.
  explicit ProbeCache(const std::string& dir);
  std::optional<proto::ProbeAnswer> Find(const std::string& file, const std::string& file_id) const;
  void Put(const std::string& file, const std::string& file_id, const proto::ProbeAnswer& answer);

 private:
  std::string PathOf(const std::string& file) const;
  std::string dir_;
};

// Makes the folder, for this user only, with those above it. False: it cannot be written to.
bool MakePrivateFolder(const std::string& dir);
// Writes a file under its name at once or not at all.
bool WriteFileAtomically(const std::string& path, std::string_view bytes);
// 128 bits of a text's hash in hex: a file name for it.
std::string HashName(std::string_view text);

}  // namespace sluice::plugin

#endif  // SLUICE_RUNTIME_PLUGIN_PROBE_CACHE_H_
