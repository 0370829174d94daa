// sluice-worker: the command line. See README.md.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/plugin/probe.h"
#include "runtime/worker/version.h"
#include "runtime/worker/worker.h"

namespace {

constexpr char kUsage[] =
    "Usage: sluice-worker WORKER.properties\n"
    "           a distributed worker: connectors by REST, kept in Kafka\n"
    "       sluice-worker --standalone WORKER.properties [CONNECTOR.json | .properties]...\n"
    "           a worker by itself: connectors from files, offsets in a file\n"
    "       sluice-worker --check-takeover WORKER.properties\n"
    "           says whether a worker could join that group, and lacks no class; does not join\n"
    "       sluice-worker --version | --help\n"
    "\n"
    "The properties are Apache Kafka Connect's. SLUICE_LOG_LEVEL (trace, debug, info, warn,\n"
    "error) sets the log level, SLUICE_CACHE_DIR where probed plugins are remembered.\n"
    "Exit codes: 0 stopped by a signal, 1 usage, 2 could not start, 3 a connector file.\n";

int Usage(std::FILE* to) {
  std::fputs(kUsage, to);
  return 1;  // as the peer, also for --help
}

void SetLogLevelFromEnvironment() {
  const char* level = std::getenv("SLUICE_LOG_LEVEL");
  if (level == nullptr) return;
  constexpr const char* kNames[] = {"trace", "debug", "info", "warn", "error", "off"};
  for (int i = 0; i < 6; ++i) {
    if (sluice::EqualsIgnoreCase(level, kNames[i])) {
      sluice::SetLogLevel(static_cast<sluice::LogLevel>(i));
      return;
    }
  }
  sluice::LogWarn("worker", "SLUICE_LOG_LEVEL is ", level,
                  "; expected one of trace, debug, info, warn, error, off");
}

}  // namespace

int main(int argc, char** argv) {
  // The probe comes first: a child that only looks at one file.
  if (argc == 3 && std::strcmp(argv[1], "--probe-plugin") == 0) {
    sluice::plugin::ProbeMain(argv[2]);
  }
  sluice::worker::WorkerOptions options;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--version") {
      std::printf("Sluice %s (Kafka Connect %s)\n", std::string(sluice::worker::kVersion).c_str(),
                  std::string(sluice::worker::kConnectVersion).c_str());
      return 0;
    }
    if (argument == "--help" || argument == "-h") return Usage(stdout);
    if (argument == "--standalone") {
      options.standalone = true;
    } else if (argument == "--check-takeover") {
      options.check_takeover = true;
    } else if (argument.starts_with("-")) {
      std::fprintf(stderr, "sluice-worker: unknown option %s\n\n", argument.c_str());
      return Usage(stderr);
    } else {
      files.push_back(argument);
    }
  }
  if (files.empty()) return Usage(stderr);
  if (!options.standalone && files.size() > 1) {
    std::fprintf(stderr,
                 "sluice-worker: connector files (%s) belong to a standalone worker: add "
                 "--standalone, or create the connector by REST\n\n",
                 files[1].c_str());
    return Usage(stderr);
  }
  if (options.standalone && options.check_takeover) {
    std::fprintf(stderr,
                 "sluice-worker: --check-takeover is about a group, which a --standalone "
                 "worker has none of\n\n");
    return Usage(stderr);
  }
  options.file = files.front();
  options.connector_files.assign(files.begin() + 1, files.end());
  SetLogLevelFromEnvironment();
  return sluice::worker::RunWorker(options);
}
