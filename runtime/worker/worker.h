// One worker process: makes all parts, starts them in parallel, waits for a signal, and takes them
// down in order. Called once, by main.
#ifndef SLUICE_RUNTIME_WORKER_WORKER_H_
#define SLUICE_RUNTIME_WORKER_WORKER_H_

#include <string>
#include <vector>

namespace sluice::worker {

struct WorkerOptions {
  std::string file;  // the properties file
  bool standalone = false;
  bool check_takeover = false;  // only says whether this worker could join its group, and ends
  std::vector<std::string> connector_files;  // standalone only
};

// Answers 2 if the configuration cannot be read; else the process ends inside: with 0 after a
// signal, 2 if the worker could not start, 3 for a connector file.
int RunWorker(const WorkerOptions& options);

}  // namespace sluice::worker

#endif  // SLUICE_RUNTIME_WORKER_WORKER_H_
