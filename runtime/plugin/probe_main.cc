// probe_main --probe-plugin FILE: the worker's probe as a program of its own, so that tests need no
// worker.
#include <cstring>

#include "runtime/plugin/probe.h"

int main(int argc, char** argv) {
  if (argc != 3 || std::strcmp(argv[1], "--probe-plugin") != 0) return 64;
  sluice::plugin::ProbeMain(argv[2]);
}
