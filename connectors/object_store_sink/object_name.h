// Names of objects: <topics.dir>/<topic>/<folders>/<topic>+<partition>+<start offset><extension>.
// If a transform has changed the topic, <topic>+<consumed topic>+<partition>+..., as other topics'
// records may have been given the same topic, and each has partitions and offsets of its own.
// Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_OBJECT_NAME_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_OBJECT_NAME_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::object_store_sink {

struct NameOptions {
  std::string topics_dir = "topics";  // "": none
  std::string directory_delim = "/";
  std::string file_delim = "+";
  int zero_pad = 10;
};

// All of the name but what comes behind the offset. `topic`: of the record; `consumed`: that it was
// read from.
std::string ObjectStem(const NameOptions& options, std::string_view topic,
                       std::string_view consumed, std::string_view folders, int32_t partition,
                       int64_t start_offset);

// Throws DataException if a record's values would lead out of its topic's folder (a part that is
// empty, . or ..), or the name would be longer than stores allow.
void CheckFolders(std::string_view folders, std::string_view delim);

// Throws DataException if a store has no name as long, or a part of it, between slashes.
void CheckLength(std::string_view name, size_t name_max, size_t part_max);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_OBJECT_NAME_H_
