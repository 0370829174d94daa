// The PostgreSQL source plugin.
#include "connectors/sdk/plugin.h"
#include "connectors/postgres_source/postgres_source.h"

SLUICE_PLUGIN("postgres_source", "10.8.0", sluice::postgres::source::PostgresSourceConnector)
