// Drafts: files of a local folder that are being written, .draft-<numbers>. Whoever writes one
// holds a lock on it, which the kernel takes back when he dies; so what nobody holds is nobody's,
// and may go. Only on file systems of this machine: elsewhere a lock may tell nothing of another
// machine's. One thread at a time.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_LOCAL_DRAFT_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_LOCAL_DRAFT_H_

#include <set>
#include <string>

namespace sluice::object_store_sink {

// Makes a draft and locks it. Answers its descriptor, whose end is the lock's; -1: see errno.
int OpenDraft(const std::string& path);

class DeadDrafts {
 public:
  // Before the first draft in a folder: removes those whose writers are dead. What cannot be
  // removed stays.
  void RemoveFrom(const std::string& folder);

 private:
  std::set<std::string> seen_;  // folders that were looked into
};

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_LOCAL_DRAFT_H_
