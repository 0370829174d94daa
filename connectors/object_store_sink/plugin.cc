// The plugin of object stores.
#include "connectors/sdk/plugin.h"
#include "connectors/object_store_sink/object_store_sink.h"

SLUICE_PLUGIN("object_store_sink", "10.5.0", sluice::object_store_sink::S3SinkConnector,
              sluice::object_store_sink::GcsSinkConnector,
              sluice::object_store_sink::AzureSinkConnector,
              sluice::object_store_sink::AzureBlobSinkConnector)
