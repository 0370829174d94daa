// Records per second of one task into a server or files, without Kafka: see shared/sink_bench.h.
//
//   bazel run -c opt //connectors/object_store_sink:object_store_sink_bench -- RECORDS KEY=VALUE...
//
// The keys are the connector's: format.class=ParquetFormat store.url=file:///tmp/bench, or those of
// a server (tools/services up s3; tools/services env s3); s3.bucket.name=bench and
// flush.size=100000 unless they say otherwise. For Parquet:
// SLUICE_PARQUET_LIBRARY=.../sluice_parquet.so.1.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "connectors/shared/sink_bench.h"

int main(int argc, char** argv) {
  if (argc < 3) return std::fprintf(stderr, "usage: %s RECORDS KEY=VALUE...\n", argv[0]), 2;
  sluice::shared::SinkBench bench{.class_name = "S3SinkConnector",
                                  .config = {{"name", "bench"},
                                             {"s3.bucket.name", "bench"},
                                             {"flush.size", "100000"},
                                             {"format.class", "JsonFormat"}},
                                  .records = std::atoll(argv[1])};
  for (int i = 2; i < argc; ++i) {
    const std::string pair = argv[i];
    const size_t equals = pair.find('=');
    if (equals == std::string::npos) return std::fprintf(stderr, "no =: %s\n", argv[i]), 2;
    bench.config[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return sluice::shared::Run(bench);
}
