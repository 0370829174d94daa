// Reads and changes the offsets of one connector for REST (KIP-875): those of a source are in its
// offset store, those of a sink are its consumer group's.
//
// For threads of a pool: everything here waits for plugins and for brokers, until the request's
// deadline. The herder has seen to it that a connector whose offsets are to be changed is stopped
// and has no tasks. One call per object.
#ifndef SLUICE_RUNTIME_HERDER_CONNECTOR_OFFSETS_H_
#define SLUICE_RUNTIME_HERDER_CONNECTOR_OFFSETS_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/abi/arena.h"
#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/config/client_config.h"
#include "runtime/config/connector_config.h"
#include "runtime/config/worker_config.h"
#include "runtime/herder/herder.h"
#include "runtime/herder/plugins.h"
#include "runtime/herder/sink_offsets.h"
#include "runtime/kafka/admin.h"
#include "runtime/storage/offset_store.h"

namespace sluice::herder {

// For one request, its waiting for other changes and for tasks included. A little less than REST
// waits: what is answered then says more than that time ran out.
inline constexpr milliseconds kOffsetsTime{85'000};

struct OffsetsParts {
  const config::WorkerConfig* worker = nullptr;
  Plugins* plugins = nullptr;
  storage::OffsetStore* store = nullptr;  // the worker's
  std::function<StatusOr<std::unique_ptr<kafka::Admin>>(const config::ClientProperties&)>
      make_admin = [](const auto& properties) { return kafka::NewAdmin(properties); };
  Clock* clock = &Clock::System();
  TimePoint deadline{};
};

class ConnectorOffsets {
 public:
  // `raw`: its configuration as it is stored. What `parts` points to outlives this.
  ConnectorOffsets(const OffsetsParts& parts, std::string name,
                   std::shared_ptr<const config::ConfigMap> raw);

  StatusOr<std::vector<ConnectorOffset>> Read();
  // Both answer what to tell the client. Errors: BadRequestError for what is no offset of such a
  // connector, by our reading or the plugin's, in whose words; ConnectException with the peer's
  // text.
  StatusOr<std::string> Alter(const std::vector<ConnectorOffset>& offsets);
  StatusOr<std::string> Reset();

  milliseconds Left() const;  // until the deadline, at least 1 ms. Any thread

 private:
  class Host;
  // As the plugin gets them; an offset that is null is to be removed.
  using Changes = std::vector<std::pair<sluice_value, sluice_value>>;

  Status Prepare();
  Status InTime(std::string_view what) const;
  // Asks the plugin; true: it has nothing else to change. `asked`: what it refuses a client asked
  // for.
  StatusOr<bool> AskPlugin(const Changes& changes, bool asked);
  StatusOr<std::string> Modify(const std::vector<ConnectorOffset>* offsets);  // nullptr: reset

  // Sources
  StatusOr<std::vector<storage::StoredOffset>> Stored();
  StatusOr<Changes> SourceChanges(const std::vector<ConnectorOffset>& offsets);
  StatusOr<bool> ModifySource(const std::vector<ConnectorOffset>* offsets);
  // Sinks
  Status OpenGroup();
  Changes SinkChanges(const std::vector<SinkOffset>& offsets);
  StatusOr<bool> ModifySink(const std::vector<ConnectorOffset>* offsets);
  Status AlterGroup(const std::vector<SinkOffset>& offsets);
  Status ResetGroup();

  const OffsetsParts parts_;
  const std::string name_;
  const std::shared_ptr<const config::ConfigMap> raw_;

  config::ConfigMap resolved_;
  plugin::ClassInfo info_;
  config::ConnectorConfig connector_;
  std::shared_ptr<storage::OffsetStore> store_;  // a source's
  std::string group_;                            // a sink's
  std::unique_ptr<kafka::Admin> admin_;
  abi::Arena arena_;
};

}  // namespace sluice::herder

#endif  // SLUICE_RUNTIME_HERDER_CONNECTOR_OFFSETS_H_
