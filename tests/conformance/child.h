// Each check runs in a child process of its own, so that a plugin which crashes or hangs is the end
// of that check and of nothing else. For main.cc; the parent has one thread.
#ifndef TESTS_CONFORMANCE_CHILD_H_
#define TESTS_CONFORMANCE_CHILD_H_

#include <sys/types.h>

#include <functional>
#include <string>

#include "runtime/base/clock.h"
#include "tests/conformance/outcome.h"

namespace sluice::conformance {

// What the child is about to do, for the report of its death. Text is cut at 200 bytes.
void SetStep(std::string_view step);
std::string LastStep();

// Runs `body` in a child with a process group of its own; what it prints goes to the file `output`.
// A death by a signal, or a deadline that passed, is a failure that names the last step; all of the
// group is killed at the end.
Outcome RunInChild(const std::function<Outcome()>& body, milliseconds deadline,
                   const std::string& output);

// `Segmentation fault (signal 11)`, or `exit code 3`.
std::string DeathOf(int wait_status);

}  // namespace sluice::conformance

#endif  // TESTS_CONFORMANCE_CHILD_H_
