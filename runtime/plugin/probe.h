// The child's side of a probe: `sluice-worker --probe-plugin FILE` loads the file, checks all that
// can be checked without calling anything but its entry, and writes a proto::ProbeAnswer to what
// was its standard output. Whatever the file's constructors print goes to standard error instead. A
// process of its own, because code that crashes or hangs while it is being loaded must not be the
// worker's end.
#ifndef SLUICE_RUNTIME_PLUGIN_PROBE_H_
#define SLUICE_RUNTIME_PLUGIN_PROBE_H_

namespace sluice::plugin {

// Call it first thing in main, and return its answer: 0 if the answer was written, whatever it
// says. Does not return to run the process's destructors.
[[noreturn]] void ProbeMain(const char* file);

}  // namespace sluice::plugin

#endif  // SLUICE_RUNTIME_PLUGIN_PROBE_H_
