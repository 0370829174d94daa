// Shell commands of a profile. They get DIR, ID and SERVICE in their environment. One thread.
#ifndef TESTS_CONFORMANCE_SHELL_H_
#define TESTS_CONFORMANCE_SHELL_H_

#include <map>
#include <string>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"

namespace sluice::conformance {

using Environment = std::map<std::string, std::string>;

// What the command wrote to its standard output. Error: its exit code is not 0, or it took too
// long.
StatusOr<std::string> RunShell(const std::string& command, const Environment& more,
                               milliseconds deadline);

// Starts a command that goes on; answers its first line. It ends with the check's process group.
StatusOr<std::string> StartService(const std::string& command, const Environment& more,
                                   milliseconds deadline);

}  // namespace sluice::conformance

#endif  // TESTS_CONFORMANCE_SHELL_H_
