// The worker's plugin interfaces over the ABI's tables. `of` and its table have been checked
// (describe.h) and live for ever; hosts outlive what is made. For registry.cc and tests.
#ifndef SLUICE_RUNTIME_PLUGIN_TABLES_H_
#define SLUICE_RUNTIME_PLUGIN_TABLES_H_

#include <memory>

#include "runtime/plugin/call.h"
#include "runtime/plugin/connector_plugin.h"
#include "runtime/plugin/sink_plugin.h"
#include "runtime/plugin/source_plugin.h"

namespace sluice::plugin {

StatusOr<std::unique_ptr<ConnectorPlugin>> MakeConnector(Callee callee, const sluice_class& of,
                                                         ConnectorHost& host);
StatusOr<std::unique_ptr<SourcePlugin>> MakeSource(Callee callee, const sluice_class& of,
                                                   SourceHost& host);
StatusOr<std::unique_ptr<SinkPlugin>> MakeSink(Callee callee, const sluice_class& of,
                                               SinkHost& host);

// The connector part of either kind of table.
const sluice_connector_calls& ConnectorCallsOf(const sluice_class& of);

}  // namespace sluice::plugin

#endif  // SLUICE_RUNTIME_PLUGIN_TABLES_H_
