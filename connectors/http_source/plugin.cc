// The HTTP source plugin.
#include "connectors/sdk/plugin.h"
#include "connectors/http_source/http_source.h"

SLUICE_PLUGIN("http_source", "1.0.0", sluice::http_source::HttpSourceConnector)
