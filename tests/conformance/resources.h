// What this process holds: threads, descriptors, memory. Any thread.
#ifndef TESTS_CONFORMANCE_RESOURCES_H_
#define TESTS_CONFORMANCE_RESOURCES_H_

#include <cstddef>
#include <map>
#include <set>
#include <string>

namespace sluice::conformance {

// Ids of threads, with their names.
std::map<std::string, std::string> Threads();
// Numbers of descriptors, with what they are.
std::map<std::string, std::string> Descriptors();

struct Memory {
  size_t heap;      // bytes that are in use
  size_t resident;  // bytes
};
// After what is free was given back to the system.
Memory MemoryInUse();

}  // namespace sluice::conformance

#endif  // TESTS_CONFORMANCE_RESOURCES_H_
