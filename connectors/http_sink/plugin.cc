// The HTTP sink plugin.
#include "connectors/sdk/plugin.h"
#include "connectors/http_sink/http_sink.h"

SLUICE_PLUGIN("http_sink", "0.9.0", sluice::http_sink::HttpSinkConnector)
