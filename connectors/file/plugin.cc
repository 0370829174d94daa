// The file plugin: FileStreamSource and FileStreamSink.
#include "connectors/sdk/plugin.h"
#include "connectors/file/file_sink.h"
#include "connectors/file/file_source.h"

SLUICE_PLUGIN("file", "4.3.1", sluice::file::FileStreamSourceConnector,
              sluice::file::FileStreamSinkConnector)
