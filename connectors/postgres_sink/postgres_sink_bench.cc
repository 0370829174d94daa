// Rows per second of one task into a real server, without Kafka: see shared/sink_bench.h.
//
//   tools/services up postgres; tools/services env postgres
//   bazel run -c opt //connectors/postgres_sink:postgres_sink_bench -- URL [MODE] [ROWS] [PUT]
//
// URL: jdbc:postgresql://127.0.0.1:PORT/postgres?user=postgres; MODE: insert, upsert or update;
// PUT: rows in a put.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "connectors/shared/sink_bench.h"

int main(int argc, char** argv) {
  if (argc < 2)
    return std::fprintf(stderr, "usage: %s URL [MODE] [ROWS] [ROWS IN A PUT]\n", argv[0]), 2;
  const std::string mode = argc > 2 ? argv[2] : "insert";
  sluice::shared::SinkBench bench{
      .class_name = "JdbcSinkConnector",
      .config = {{"name", "bench"},
                 {"connection.url", argv[1]},
                 {"insert.mode", mode},
                 {"auto.create", "true"},
                 {"pk.fields", mode == "insert" ? "" : "id"},
                 {"table.name.format", "bench_" + mode},
                 {"pk.mode", mode == "insert" ? "none" : "record_key"}}};
  if (argc > 3) bench.records = std::atoll(argv[3]);
  if (argc > 4) bench.in_a_put = static_cast<size_t>(std::atoll(argv[4]));
  return sluice::shared::Run(bench);
}
