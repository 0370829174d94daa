// The PostgreSQL sink plugin.
#include "connectors/sdk/plugin.h"
#include "connectors/postgres_sink/postgres_sink.h"

SLUICE_PLUGIN("postgres_sink", "10.8.0", sluice::postgres::sink::PostgresSinkConnector)
