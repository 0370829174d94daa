#include "runtime/cluster/connect_protocol.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <type_traits>
#include <utility>

#include "runtime/base/text.h"

namespace sluice::cluster {
namespace {

constexpr std::string_view kNames[] = {"default", "compatible", "sessioned"};
constexpr int16_t kNewest = 2;
constexpr int32_t kConnectorItself = -1;  // in the place of a task's number
constexpr int32_t kNull = -1;             // in the place of a length
constexpr size_t kStringMax = std::numeric_limits<int16_t>::max();
// Before our own fields. No field that the peer may add there begins like this.
constexpr std::string_view kOurMagic = {"\0\0SLUICE", 8};
constexpr int16_t kOurVersion = 0;

// --- writing -----------------------------------------------------------------------------------

template <typename T>
void Put(std::string& out, T value) {
  const auto bits = static_cast<std::make_unsigned_t<T>>(value);
  for (int shift = 8 * (static_cast<int>(sizeof bits) - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(bits >> shift & 0xff));
  }
}

void PutString(std::string& out, std::string_view text) {
  text = text.substr(0, kStringMax);
  Put(out, static_cast<int16_t>(text.size()));
  out.append(text);
}

template <typename T>
void PutAt(std::string& out, size_t at, T value) {
  std::string bytes;
  Put(bytes, value);
  out.replace(at, bytes.size(), bytes);
}

// An array of {connector, array of numbers}: both sets are in the order of connectors.
void PutParts(std::string& out, const Parts& parts) {
  const size_t count_at = out.size();
  Put(out, int32_t{0});
  int32_t count = 0;
  auto connector = parts.connectors.begin();
  auto task = parts.tasks.begin();
  while (connector != parts.connectors.end() || task != parts.tasks.end()) {
    const bool itself = connector != parts.connectors.end() &&
                        (task == parts.tasks.end() || *connector <= task->connector);
    const std::string& name = itself ? *connector : task->connector;
    const size_t start = out.size();
    PutString(out, name);
    const size_t numbers_at = out.size();
    Put(out, int32_t{0});
    int32_t numbers = itself ? 1 : 0;
    if (itself) Put(out, kConnectorItself);
    for (; task != parts.tasks.end() && task->connector == name; ++task, ++numbers) {
      Put(out, static_cast<int32_t>(task->task));
    }
    if (itself) ++connector;
    PutAt(out, numbers_at, numbers);
    // What no reader could read is left out.
    if (name.size() > kStringMax) {
      out.resize(start);
    } else {
      ++count;
    }
  }
  PutAt(out, count_at, count);
}

// --- reading -----------------------------------------------------------------------------------

// Takes fields from the front. After the first error it gives zeros, and the error stays.
class Reader {
 public:
  Reader(std::string_view what, std::string_view bytes) : what_(what), bytes_(bytes) {}

  const Status& status() const { return status_; }
  bool AtEnd() const { return bytes_.empty() || !status_.ok(); }
  std::string_view rest() const { return bytes_; }
  void Skip(size_t size) { bytes_.remove_prefix(size); }

  template <typename T>
  T Take(std::string_view field) {
    std::make_unsigned_t<T> bits = 0;
    for (const char byte : TakeBytes(field, sizeof(T))) {
      bits = static_cast<decltype(bits)>(bits << 8 | static_cast<unsigned char>(byte));
    }
    return static_cast<T>(bits);
  }

  std::string_view TakeBytes(std::string_view field, size_t size) {
    if (!status_.ok()) return {};
    if (size > bytes_.size()) {
      status_ = ConnectError(StrCat(what_, ": ", field, " is cut off: ", size, " bytes expected, ",
                                    bytes_.size(), " found"));
      return {};
    }
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

  std::string TakeString(std::string_view field) {
    const auto size = Take<int16_t>(field);
    if (size < 0) OutOfRange(field, size);
    return std::string(TakeBytes(field, status_.ok() ? static_cast<size_t>(size) : 0));
  }

  // How many elements follow, of `size` bytes at least; for null, none, if that is allowed.
  int32_t TakeCount(std::string_view field, size_t size, bool nullable) {
    const auto count = Take<int32_t>(field);
    if (count == kNull && nullable) return 0;
    if (count < 0 || static_cast<size_t>(count) > bytes_.size() / size) OutOfRange(field, count);
    return status_.ok() ? count : 0;
  }

  void OutOfRange(std::string_view field, int64_t found) {
    if (!status_.ok()) return;
    status_ = ConnectError(StrCat(what_, ": ", field, " is out of range: ", found, " with ",
                                  bytes_.size(), " bytes left"));
  }

  int16_t TakeVersion() {
    const auto version = Take<int16_t>("version");
    if (version < 0) OutOfRange("version", version);
    return std::min(version, kNewest);
  }

 private:
  const std::string_view what_;
  std::string_view bytes_;
  Status status_ = OkStatus();
};

Parts TakeParts(Reader& reader, std::string_view field, bool nullable) {
  Parts parts;
  const int32_t count = reader.TakeCount(field, sizeof(int16_t) + sizeof(int32_t), nullable);
  for (int32_t i = 0; i < count && reader.status().ok(); ++i) {
    const std::string connector = reader.TakeString(field);
    const int32_t numbers = reader.TakeCount(field, sizeof(int32_t), false);
    for (int32_t j = 0; j < numbers; ++j) {
      const auto number = reader.Take<int32_t>(field);
      if (number == kConnectorItself) {
        parts.connectors.insert(connector);
      } else if (number >= 0) {
        parts.tasks.insert({connector, number});
      } else {
        reader.OutOfRange(field, number);
      }
    }
  }
  return parts;
}

// An allocation is an assignment too; `what` is for errors.
StatusOr<GroupAssignment> ReadAssignment(std::string_view what, std::string_view bytes) {
  Reader reader(what, bytes);
  GroupAssignment read;
  const bool eager = reader.TakeVersion() == 0;
  const auto error = reader.Take<int16_t>("error");
  if (error != 0 && error != static_cast<int16_t>(AssignmentError::kConfigMismatch)) {
    reader.OutOfRange("error", error);
  }
  read.error = static_cast<AssignmentError>(error);
  read.leader_id = reader.TakeString("leader");
  read.leader_url = reader.TakeString("leader-url");
  read.config_offset = reader.Take<int64_t>("config-offset");
  if (eager || !reader.AtEnd()) read.assigned = TakeParts(reader, "assignment", !eager);
  if (!eager) {
    if (!reader.AtEnd()) read.revoked = TakeParts(reader, "revoked", true);
    const int32_t delay = reader.AtEnd() ? 0 : reader.Take<int32_t>("delay");
    read.delay = milliseconds(std::max(delay, 0));
  }
  if (!reader.status().ok()) return reader.status();
  return read;
}

std::vector<std::string> TakeCannotRun(Reader& reader) {
  std::vector<std::string> names;
  if (reader.AtEnd() || !reader.rest().starts_with(kOurMagic)) return names;
  reader.Skip(kOurMagic.size());
  if (reader.Take<int16_t>("cannot-run version") < kOurVersion) return names;
  const int32_t count = reader.TakeCount("cannot-run", sizeof(int16_t), false);
  for (int32_t i = 0; i < count && reader.status().ok(); ++i) {
    names.push_back(reader.TakeString("cannot-run"));
  }
  return names;
}

}  // namespace

std::string_view ProtocolName(Protocol protocol) { return kNames[static_cast<size_t>(protocol)]; }

std::optional<Protocol> ParseProtocol(std::string_view name) {
  const auto* const found = std::find(std::begin(kNames), std::end(kNames), name);
  if (found == std::end(kNames)) return std::nullopt;
  return static_cast<Protocol>(found - std::begin(kNames));
}

std::vector<Protocol> OfferedProtocols(std::string_view connect_protocol) {
  std::vector<Protocol> offered = {Protocol::kSessioned, Protocol::kCompatible, Protocol::kEager};
  if (EqualsIgnoreCase(connect_protocol, "eager")) return {Protocol::kEager};
  if (EqualsIgnoreCase(connect_protocol, "compatible")) offered.erase(offered.begin());
  return offered;
}

std::string EncodeAssignment(Protocol protocol, const GroupAssignment& assignment) {
  std::string out;
  Put(out, static_cast<int16_t>(protocol));
  Put(out, static_cast<int16_t>(assignment.error));
  PutString(out, assignment.leader_id);
  PutString(out, assignment.leader_url);
  Put(out, assignment.config_offset);
  PutParts(out, assignment.assigned);
  if (protocol == Protocol::kEager) return out;
  PutParts(out, assignment.revoked);
  constexpr milliseconds kDelayMax(std::numeric_limits<int32_t>::max());
  Put(out, static_cast<int32_t>(std::clamp(assignment.delay, milliseconds(0), kDelayMax).count()));
  return out;
}

std::string EncodeSubscription(Protocol protocol, const Subscription& subscription) {
  std::string out;
  Put(out, static_cast<int16_t>(protocol));
  PutString(out, subscription.url);
  Put(out, subscription.config_offset);
  if (protocol != Protocol::kEager) {
    if (subscription.allocation.has_value()) {
      const std::string allocation = EncodeAssignment(protocol, *subscription.allocation);
      Put(out, static_cast<int32_t>(allocation.size()));
      out.append(allocation);
    } else {
      Put(out, kNull);
    }
  }
  if (subscription.cannot_run.empty()) return out;
  out.append(kOurMagic);
  Put(out, kOurVersion);
  Put(out, static_cast<int32_t>(subscription.cannot_run.size()));
  for (const std::string& name : subscription.cannot_run) PutString(out, name);
  return out;
}

StatusOr<GroupAssignment> DecodeAssignment(std::string_view bytes) {
  return ReadAssignment("the assignment", bytes);
}

StatusOr<Subscription> DecodeSubscription(std::string_view bytes) {
  Reader reader("the subscription", bytes);
  Subscription read;
  const int16_t version = reader.TakeVersion();
  read.url = reader.TakeString("url");
  read.config_offset = reader.Take<int64_t>("config-offset");
  if (version > 0 && !reader.AtEnd()) {
    const auto size = reader.Take<int32_t>("allocation");
    if (size < kNull) reader.OutOfRange("allocation", size);
    if (size > kNull && reader.status().ok()) {
      const std::string_view held = reader.TakeBytes("allocation", static_cast<size_t>(size));
      if (!reader.status().ok()) return reader.status();
      SLUICE_ASSIGN_OR_RETURN(read.allocation, ReadAssignment("the allocation", held));
    }
  }
  read.cannot_run = TakeCannotRun(reader);
  if (!reader.status().ok()) return reader.status();
  return read;
}

}  // namespace sluice::cluster
