#include "connectors/sdk/plugin.h"
#include "tests/conformance/faulty/faulty_sink.h"
#include "tests/conformance/faulty/faulty_source.h"

SLUICE_PLUGIN("faulty", "1.0", sluice::faulty::FaultySourceConnector,
              sluice::faulty::FaultySinkConnector)
